/** How pods begin, how it is seen that they work, and how they end. */

import { all, api, one } from "../manifests.ts";
import { faultsOf, type ManifestPromise } from "../promise.ts";

const POD = "spec/template/spec";

/** Between the end of the drain and the moment at which Kubernetes kills the pod. */
const SPARE_SECONDS = 5;
/** The program itself gives up asking the store after so long, and then says so. */
const READY_WITHIN_SECONDS = 1;

export const LIFE_OF_A_POD: readonly ManifestPromise[] = [
  {
    says: "a pod is given the time to be forgotten by balancers and to let its clients finish",
    faults: (manifests) => {
      const { spec, containers } = api(manifests);
      const sleep = containers[0]?.lifecycle?.preStop?.sleep?.seconds ?? 0;
      const [config] = all(manifests, "ConfigMap").filter(({ data }) => data?.["SHUTDOWN_GRACE_SECONDS"]);
      const drain = Number(config?.data?.["SHUTDOWN_GRACE_SECONDS"]);
      const grace = spec.terminationGracePeriodSeconds ?? 30;
      return faultsOf(
        [sleep < 15, `it stops ${sleep} s after it was told to`],
        [!(grace >= sleep + drain + SPARE_SECONDS), `${grace} s are too short for ${sleep} s and ${drain} s`],
      );
    },
    breaks: [
      ["Deployment", `${POD}/terminationGracePeriodSeconds`, 50],
      ["Deployment", `${POD}/terminationGracePeriodSeconds`],
      ["Deployment", `${POD}/containers/0/lifecycle`],
      ["ConfigMap movie-store", "data/SHUTDOWN_GRACE_SECONDS", "30"],
      ["ConfigMap movie-store", "data/SHUTDOWN_GRACE_SECONDS"],
    ],
  },
  {
    says: "probes ask what the program answers; only the one for readiness asks the store",
    faults: async (manifests, app) => {
      const [container] = api(manifests).containers;
      const { startupProbe, readinessProbe, livenessProbe } = container ?? {};
      const faults: string[] = [];
      for (const [name, probe] of Object.entries({ startupProbe, readinessProbe, livenessProbe })) {
        const { path = "", port } = probe?.httpGet ?? {};
        const status = path === "" ? undefined : await app.statusOf(path);
        faults.push(
          ...faultsOf(
            [status !== 200, `${name} asks ${path}, which is answered with ${status}`],
            [!container?.ports?.some((each) => each.name === port), `${name} asks an unknown port`],
            [
              (probe?.timeoutSeconds ?? 1) <= READY_WITHIN_SECONDS,
              `${name} gives up before the program does`,
            ],
            [path.includes("ready") !== (name === "readinessProbe"), `${name} asks ${path}`],
          ),
        );
      }
      return faults;
    },
    breaks: [
      ["Deployment", `${POD}/containers/0/startupProbe`],
      ["Deployment", `${POD}/containers/0/readinessProbe`],
      ["Deployment", `${POD}/containers/0/livenessProbe`],
      ["Deployment", `${POD}/containers/0/readinessProbe/httpGet/path`, "/healthz"],
      ["Deployment", `${POD}/containers/0/livenessProbe/httpGet/path`, "/health/ready"],
      ["Deployment", `${POD}/containers/0/livenessProbe/httpGet/port`, "api"],
      ["Deployment", `${POD}/containers/0/readinessProbe/timeoutSeconds`, 1],
    ],
  },
  {
    says: "two reconciliations never run at once",
    faults: (manifests) => {
      const { concurrencyPolicy } = one(manifests, "CronJob", "movie-store-reconcile").spec ?? {};
      return faultsOf([concurrencyPolicy !== "Forbid", `concurrencyPolicy is ${concurrencyPolicy}`]);
    },
    breaks: [["CronJob", "spec/concurrencyPolicy", "Allow"]],
  },
  {
    says: "the region that waits has no pods, takes nothing in and leaves the schema alone",
    overlays: ["second-region"],
    faults: (manifests) =>
      faultsOf(
        [one(manifests, "Deployment").spec?.replicas !== 0, "the API has pods"],
        [!one(manifests, "CronJob", "movie-store-reconcile").spec?.suspend, "it reconciles"],
        [all(manifests, "Job").length > 0, "it migrates"],
      ),
    breaks: [
      ["Deployment", "spec/replicas", 1],
      ["Deployment", "spec/replicas"],
      ["CronJob", "spec/suspend", false],
      ["PodDisruptionBudget", "kind", "Job"],
    ],
  },
];
