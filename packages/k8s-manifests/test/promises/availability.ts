/** The API is there while it is updated, while nodes are drained, and while a zone is lost. */

import { AWS, api, type Manifest, one } from "../manifests.ts";
import { faultsOf, type ManifestPromise, selects } from "../promise.ts";

const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";
const ZONES = 3;
const POD = "spec/template/spec";

export const AVAILABILITY: readonly ManifestPromise[] = [
  {
    says: "a rolling update takes no pod away before a new one is ready",
    faults: (manifests) => {
      const { strategy } = one(manifests, "Deployment").spec ?? {};
      const { maxUnavailable, maxSurge } = strategy?.rollingUpdate ?? {};
      return faultsOf(
        [strategy?.type !== "RollingUpdate", `the strategy is ${strategy?.type}`],
        [maxUnavailable !== 0, `${maxUnavailable} may be unavailable`],
        [maxSurge === 0 || maxSurge === "0%", "no pod may come beside the old ones"],
      );
    },
    breaks: [
      ["Deployment", "spec/strategy/type", "Recreate"],
      ["Deployment", "spec/strategy/rollingUpdate/maxUnavailable", "25%"],
      ["Deployment", "spec/strategy/rollingUpdate/maxSurge", 0],
    ],
  },
  {
    says: "each release is spread evenly over the zones, and over those that are left when one is lost",
    overlays: AWS,
    faults: (manifests) => {
      const { labels, spec } = api(manifests);
      const spread = spec.topologySpreadConstraints?.find(({ topologyKey }) => topologyKey === ZONE);
      return faultsOf(
        [spread?.maxSkew !== 1, `one zone may have ${spread?.maxSkew} more than another`],
        [spread?.whenUnsatisfiable !== "DoNotSchedule", "it is a wish only"],
        [!selects(spread?.labelSelector ?? {}, labels), "it does not count the pods"],
        [!spread?.matchLabelKeys?.includes("pod-template-hash"), "it counts pods of the release before"],
        [spread?.nodeTaintsPolicy !== "Honor", "nodes that are lost count as room"],
        [spread?.minDomains !== undefined, "with a zone lost, the others take one pod each"],
      );
    },
    breaks: [
      ["Deployment", `${POD}/topologySpreadConstraints/0/maxSkew`, 2],
      ["Deployment", `${POD}/topologySpreadConstraints/0/whenUnsatisfiable`, "ScheduleAnyway"],
      ["Deployment", `${POD}/topologySpreadConstraints/0/topologyKey`, "zone"],
      ["Deployment", `${POD}/topologySpreadConstraints/0/labelSelector/matchLabels`, { app: "movie-store" }],
      ["Deployment", `${POD}/topologySpreadConstraints/0/matchLabelKeys`],
      ["Deployment", `${POD}/topologySpreadConstraints/0/nodeTaintsPolicy`],
      ["Deployment", `${POD}/topologySpreadConstraints/0/minDomains`, 3],
    ],
  },
  {
    says: "pods avoid each other's hosts",
    overlays: AWS,
    faults: (manifests) => {
      const { labels, spec } = api(manifests);
      const spread = spec.topologySpreadConstraints?.find(({ topologyKey }) => topologyKey === HOST);
      return faultsOf(
        [spread?.maxSkew !== 1, `one host may have ${spread?.maxSkew} more than another`],
        [!selects(spread?.labelSelector ?? {}, labels), "it does not count the pods"],
      );
    },
    breaks: [
      ["Deployment", `${POD}/topologySpreadConstraints/1`, {}],
      ["Deployment", `${POD}/topologySpreadConstraints/1/labelSelector/matchLabels`, { app: "movie-store" }],
    ],
  },
  {
    says: "there is a pod for each zone, and in production a second one, and more when they are busy",
    overlays: AWS,
    faults: (manifests, _app, overlay) => {
      const { minReplicas = 0, maxReplicas = 0, scaleTargetRef, metrics } = autoscaler(manifests);
      const cpu = metrics?.find(({ resource }) => resource?.name === "cpu")?.resource?.target;
      const least = overlay === "staging" ? ZONES : 2 * ZONES;
      return faultsOf(
        [minReplicas < least || minReplicas % ZONES !== 0, `${minReplicas} pods for ${ZONES} zones`],
        [maxReplicas < 2 * minReplicas, `${maxReplicas} pods at most`],
        [scaleTargetRef?.kind !== "Deployment" || scaleTargetRef.name !== "movie-store", "it scales nothing"],
        [(cpu?.averageUtilization ?? 100) > 70, "it begins when the pods are busy already"],
      );
    },
    breaks: [
      ["HorizontalPodAutoscaler", "spec/minReplicas", 3],
      ["HorizontalPodAutoscaler", "spec/minReplicas", 7],
      ["HorizontalPodAutoscaler", "spec/maxReplicas", 6],
      ["HorizontalPodAutoscaler", "spec/scaleTargetRef/name", "movies"],
      ["HorizontalPodAutoscaler", "spec/metrics/0/resource/target/averageUtilization", 90],
    ],
  },
  {
    says: "the number of pods is the autoscaler's",
    overlays: ["staging", "production"],
    faults: (manifests) => {
      const replicas = one(manifests, "Deployment").spec?.replicas;
      return faultsOf([replicas !== undefined, `each deployment sets it to ${replicas}`]);
    },
    breaks: [["Deployment", "spec/replicas", 6]],
  },
  {
    says: "no drain of nodes leaves less than two pods",
    overlays: AWS,
    faults: (manifests) => {
      const { maxUnavailable, selector } = one(manifests, "PodDisruptionBudget").spec ?? {};
      const left = (autoscaler(manifests).minReplicas ?? 0) - Number(maxUnavailable);
      return faultsOf(
        [!(left >= 2), `${left} are left`],
        [!selects(selector ?? {}, api(manifests).labels) || selector === undefined, "it counts other pods"],
      );
    },
    breaks: [
      ["PodDisruptionBudget", "spec/maxUnavailable", 5],
      ["PodDisruptionBudget", "spec/maxUnavailable", "50%"],
      ["PodDisruptionBudget", "spec/selector/matchLabels", { app: "movie-store" }],
      ["PodDisruptionBudget", "spec/selector"],
    ],
  },
];

function autoscaler(manifests: readonly Manifest[]) {
  return one(manifests, "HorizontalPodAutoscaler").spec ?? { maxReplicas: 0, scaleTargetRef: undefined };
}
