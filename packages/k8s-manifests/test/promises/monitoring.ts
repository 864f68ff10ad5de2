/** What is seen of the API from outside. */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { ALERTS } from "../../generate/prometheus-rule.ts";
import { AWS, all, type Manifest, one } from "../manifests.ts";
import { faultsOf, type ManifestPromise } from "../promise.ts";

export const MONITORING: readonly ManifestPromise[] = [
  {
    says: "Prometheus is let in, and finds the API under the name that the alerts go by",
    overlays: AWS,
    faults: async (manifests, app) => {
      const { spec } = one(manifests, "ServiceMonitor");
      const [endpoint] = spec.endpoints;
      const status = await app.statusOf(endpoint?.path ?? "");
      const isOpen = all(manifests, "ConfigMap").some(({ data }) => data?.["METRICS_OPEN"] === "on");
      const job = /job="([^"]+)"/.exec(readFileSync(ALERTS, "utf8"))?.[1] ?? "";
      return faultsOf(
        [status !== 200, `${endpoint?.path} is answered with ${status}`],
        [!isOpen && endpoint?.authorization === undefined, "it has no key"],
        // Unless a label is named, the job is the name of the service.
        [spec.jobLabel !== undefined || !hasService(manifests, job), `the job is not ${job}`],
      );
    },
    breaks: [
      ["ServiceMonitor", "spec/endpoints/0/path", "/metric"],
      ["ConfigMap movie-store", "data/METRICS_OPEN"],
      ["Service", "metadata/name", "api"],
      ["ServiceMonitor", "spec/jobLabel", "app"],
    ],
  },
  {
    says: "the alerts are those of the rule file",
    overlays: AWS,
    faults: (manifests) => {
      const rule = manifests.find(({ kind }) => kind === "PrometheusRule") as { spec?: unknown } | undefined;
      return faultsOf([
        !isDeepStrictEqual(rule?.spec, parse(readFileSync(ALERTS, "utf8"))),
        "they are others",
      ]);
    },
    breaks: [
      ["PrometheusRule", ""],
      ["PrometheusRule", "spec/groups/0/rules/0/for", "1h"],
    ],
  },
];

function hasService(manifests: readonly Manifest[], name: string): boolean {
  return all(manifests, "Service").some(({ metadata }) => metadata.name === name);
}
