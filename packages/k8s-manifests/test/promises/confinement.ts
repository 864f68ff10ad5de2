/** What a pod may do: nothing that it does not need. */

import type { ISecurityContext } from "kubernetes-models/v1";
import { AWS, all, type Container, one, type Pods, pods } from "../manifests.ts";
import { faultsOf, type ManifestPromise } from "../promise.ts";

const POD = "spec/template/spec";
const CONTAINER = `${POD}/containers/0`;
const HARMLESS_VOLUMES = ["configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"];

export const CONFINEMENT: readonly ManifestPromise[] = [
  {
    says: "the namespace takes no pod that is not restricted, and everything is in it",
    faults: (manifests) => {
      const { labels } = one(manifests, "Namespace").metadata as { labels?: Record<string, string> };
      const enforced = labels?.["pod-security.kubernetes.io/enforce"];
      return [
        ...faultsOf([enforced !== "restricted", `it enforces ${enforced}`]),
        ...manifests
          .filter(({ kind, metadata }) => kind !== "Namespace" && metadata.namespace !== "movie-store")
          .map(({ kind, metadata }) => `${kind} ${metadata.name} is in ${metadata.namespace}`),
      ];
    },
    breaks: [
      ["Namespace", "metadata/labels/pod-security.kubernetes.io~1enforce", "baseline"],
      ["ServiceMonitor", "metadata/namespace", "monitoring"],
    ],
  },
  {
    says: "nothing runs as root",
    faults: inContainers(({ securityContext: pod }, { securityContext: own = {} }) => {
      const user = own.runAsUser ?? pod?.runAsUser;
      return faultsOf(
        [(own.runAsNonRoot ?? pod?.runAsNonRoot) !== true, "it may run as root"],
        [user === undefined || user === 0, `its user is ${user}`],
      );
    }),
    breaks: [
      ["Deployment", `${POD}/securityContext/runAsNonRoot`, false],
      ["Deployment", `${POD}/securityContext/runAsUser`],
      ["Deployment", `${CONTAINER}/securityContext/runAsUser`, 0],
      ["CronJob", `spec/jobTemplate/${POD}/securityContext`],
    ],
  },
  {
    says: "nothing has privileges, or can get some",
    faults: inContainers((spec, { securityContext: own = {} }) =>
      faultsOf(
        [own.privileged === true, "it is privileged"],
        [own.allowPrivilegeEscalation !== false, "it can get privileges"],
        [!isWithoutCapabilities(own), "it has capabilities"],
        [Boolean(spec.hostNetwork || spec.hostPID || spec.hostIPC), "it is on the host"],
        [
          (own.seccompProfile ?? spec.securityContext?.seccompProfile)?.type !== "RuntimeDefault",
          "it may make any call of the system",
        ],
      ),
    ),
    breaks: [
      ["Deployment", `${CONTAINER}/securityContext/privileged`, true],
      ["Deployment", `${CONTAINER}/securityContext/allowPrivilegeEscalation`],
      ["Job", `${CONTAINER}/securityContext/capabilities/drop`, []],
      ["Deployment", `${CONTAINER}/securityContext/capabilities/add`, ["NET_ADMIN"]],
      ["Deployment", `${POD}/hostNetwork`, true],
      ["Deployment", `${POD}/securityContext/seccompProfile`],
    ],
  },
  {
    says: "nothing writes to its image, or sees the files of the host",
    faults: inContainers((spec, { securityContext }) => [
      ...faultsOf([securityContext?.readOnlyRootFilesystem !== true, "it can write to its image"]),
      ...(spec.volumes ?? [])
        .filter((volume) =>
          Object.keys(volume).some((key) => key !== "name" && !HARMLESS_VOLUMES.includes(key)),
        )
        .map(({ name }) => `the volume ${name} is none of ${HARMLESS_VOLUMES.join(", ")}`),
    ]),
    breaks: [
      ["Deployment", `${CONTAINER}/securityContext/readOnlyRootFilesystem`, false],
      ["Deployment", `${POD}/volumes`, [{ name: "host", hostPath: { path: "/" } }]],
    ],
  },
  {
    says: "everything asks for what it needs, and gets no more than its limits",
    faults: inContainers((_, { resources }) =>
      (["cpu", "memory"] as const).flatMap((name) => {
        const [request, limit] = [resources?.requests?.[name], resources?.limits?.[name]];
        return faultsOf(
          [request === undefined, `it asks for no ${name}`],
          [limit === undefined, `it has no limit of ${name}`],
          [amountOf(request) > amountOf(limit), `it asks for more ${name} than it may have`],
        );
      }),
    ),
    breaks: [
      ["Deployment", `${CONTAINER}/resources/requests/cpu`],
      ["Deployment", `${CONTAINER}/resources/limits/memory`],
      ["Deployment", `${CONTAINER}/resources/requests/memory`, "2Gi"],
      ["Deployment", `${CONTAINER}/resources/limits/cpu`, "500m"],
      ["CronJob", `spec/jobTemplate/${CONTAINER}/resources`],
    ],
  },
  {
    says: "nothing gets a token of Kubernetes, and what it is called is there",
    faults: (manifests) =>
      pods(manifests).flatMap(({ of, spec }) =>
        faultsOf(
          [spec.automountServiceAccountToken !== false, `${of} gets a token`],
          [spec.enableServiceLinks !== false, `${of} gets variables with names of services`],
          [
            spec.serviceAccountName !== undefined &&
              !all(manifests, "ServiceAccount").some(
                ({ metadata }) => metadata.name === spec.serviceAccountName,
              ),
            `${of} has no service account ${spec.serviceAccountName}`,
          ],
        ),
      ),
    breaks: [
      ["Deployment", `${POD}/automountServiceAccountToken`],
      ["Deployment", `${POD}/enableServiceLinks`],
      ["ServiceAccount movie-store-reconcile", ""],
    ],
  },
  {
    says: "only what reads the bucket has the name to which AWS gives a role",
    faults: (manifests) =>
      pods(manifests).flatMap(({ of, spec }) =>
        faultsOf([
          (spec.serviceAccountName === "movie-store-reconcile") !== (of === "CronJob movie-store-reconcile"),
          `${of} is ${spec.serviceAccountName}`,
        ]),
      ),
    breaks: [
      ["Deployment", `${POD}/serviceAccountName`, "movie-store-reconcile"],
      ["CronJob", `spec/jobTemplate/${POD}/serviceAccountName`, "movie-store"],
    ],
  },
  {
    says: "every image is named by its digest",
    overlays: AWS,
    faults: inContainers((_, { image = "" }) =>
      faultsOf([!/@sha256:[0-9a-f]{64}$/.test(image), `its image is ${image}`]),
    ),
    breaks: [
      ["Deployment", `${CONTAINER}/image`, "movie-store:1.2.3"],
      ["CronJob", `spec/jobTemplate/${CONTAINER}/image`, "movie-store"],
    ],
  },
  {
    says: "API, migration and reconciliation are of one image",
    faults: (manifests) => {
      const own = pods(manifests).filter(({ labels }) => labels["app.kubernetes.io/name"] === "movie-store");
      const images = new Set(own.flatMap(({ containers }) => containers.map(({ image }) => image)));
      return faultsOf([images.size !== 1, `they are of ${[...images].join(", ")}`]);
    },
    breaks: [["CronJob", `spec/jobTemplate/${CONTAINER}/image`, "movie-store:1.2.3"]],
  },
  {
    says: "every image has a tag that is not moved by others",
    overlays: ["local"],
    faults: inContainers((_, { image = "" }) =>
      faultsOf([!/:[\w.-]+$/.test(image) || image.endsWith(":latest"), `its image is ${image}`]),
    ),
    breaks: [
      ["Deployment redis", `${CONTAINER}/image`, "redis"],
      ["Deployment redis", `${CONTAINER}/image`, "redis:latest"],
    ],
  },
];

function inContainers(
  faults: (spec: Pods["spec"], container: Container) => readonly string[],
): ManifestPromise["faults"] {
  return (manifests) =>
    pods(manifests).flatMap(({ of, spec, containers }) =>
      containers.flatMap((container) =>
        faults(spec, container).map((fault) => `${of}, ${container.name}: ${fault}`),
      ),
    );
}

function isWithoutCapabilities({ capabilities }: ISecurityContext): boolean {
  return capabilities?.drop?.includes("ALL") === true && (capabilities.add ?? []).length === 0;
}

/** Of `500m`, `2`, `64Mi`, `1Gi`; the only units that are used here. */
function amountOf(quantity: string | number | undefined): number {
  const [, number = "NaN", unit = ""] = /^(\d+)(m|Mi|Gi)?$/.exec(String(quantity)) ?? [];
  return Number(number) * ({ m: 0.001, Mi: 2 ** 20, Gi: 2 ** 30 }[unit] ?? 1);
}
