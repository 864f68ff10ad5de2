/** Who is connected with whom: everything that is needed, and nothing else. */

import { type Connection, isAllowed, type Peer } from "../connections.ts";
import { AWS, all, api, type Manifest, one, pods, title } from "../manifests.ts";
import { faultsOf, type ManifestPromise, selects } from "../promise.ts";

/** In the VPC of each of the examples, and in none of them. */
const VPC: readonly Peer[] = [{ address: "10.40.3.4" }, { address: "10.41.3.4" }, { address: "10.42.3.4" }];
const ELSEWHERE: Peer = { address: "10.99.3.4" };
const INTERNET: Peer = { address: "52.219.170.1" };
const POD_IDENTITY: Peer = { address: "169.254.170.23" };
const NAMES: Peer = { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
const MONITORING: Peer = { namespace: "monitoring", labels: {} };
const STRANGER: Peer = { namespace: "default", labels: {} };
const MYSQL: Peer = { namespace: "movie-store", labels: { "app.kubernetes.io/name": "mysql" } };

const egress = (peer: Peer, port: number, protocol: "TCP" | "UDP" = "TCP"): Connection => ({
  to: "Egress",
  ...{ peer, port, protocol },
});
const ingress = (peer: Peer, port: number): Connection => ({ to: "Ingress", peer, port });

export const NETWORK: readonly ManifestPromise[] = [
  {
    says: "whatever no policy allows is denied, for every pod, now and later",
    faults: (manifests) => {
      const denies = all(manifests, "NetworkPolicy").some(
        ({ spec }) =>
          Object.keys(spec?.podSelector ?? { none: true }).length === 0 &&
          ["Ingress", "Egress"].every((type) => spec?.policyTypes?.some((each) => each === type)) &&
          spec?.ingress === undefined &&
          spec?.egress === undefined,
      );
      return faultsOf([!denies, "no policy denies"]);
    },
    breaks: [
      ["NetworkPolicy deny-all", ""],
      ["NetworkPolicy deny-all", "spec/policyTypes", ["Ingress"]],
      ["NetworkPolicy deny-all", "spec/egress", [{}]],
      ["NetworkPolicy deny-all", "spec/podSelector/matchLabels", { app: "x" }],
    ],
  },
  {
    says: "every pod can look up names, and none is open to strangers or can go where it has no business",
    faults: (manifests) =>
      pods(manifests).flatMap((pod) => {
        const may = (connection: Connection) => isAllowed(manifests, pod, connection);
        return faultsOf(
          [!may(egress(NAMES, 53, "UDP")), `${pod.of} can't look up names`],
          [!may(egress(NAMES, 53, "TCP")), `${pod.of} can't look up long names`],
          [may(egress(NAMES, 443)), `${pod.of} can ask kube-system for more than names`],
          [may(egress(ELSEWHERE, 3306)), `${pod.of} can ask any database`],
          [may(egress(INTERNET, 80)), `${pod.of} can ask the internet`],
          [may(ingress(STRANGER, 22)), `anyone can come to ${pod.of}`],
        );
      }),
    breaks: [
      ["NetworkPolicy names", "spec/egress/0/ports/0/protocol", "SCTP"],
      ["NetworkPolicy names", "spec/egress/0/ports", [{ port: 53, protocol: "UDP" }]],
      ["NetworkPolicy names", "spec/egress/0/ports"],
      ["NetworkPolicy names", "spec/podSelector/matchLabels", { app: "x" }],
      ["NetworkPolicy database", "spec/egress/0/to/0/ipBlock/cidr", "10.0.0.0/8"],
      ["NetworkPolicy bucket", "spec/egress/0/ports"],
      ["NetworkPolicy metrics", "spec/ingress", [{}]],
    ],
  },
  {
    says: "API, migration and reconciliation reach what they work on, and no more",
    overlays: AWS,
    faults: (manifests) =>
      pods(manifests).flatMap((pod) => {
        const component = pod.labels["app.kubernetes.io/component"];
        const may = (connection: Connection) => isAllowed(manifests, pod, connection);
        const inVpc = (port: number) => VPC.some((peer) => may(egress(peer, port)));
        const readsBucket = component === "reconcile";
        return faultsOf(
          [!inVpc(3306), `${component} does not reach the database`],
          [inVpc(6379) !== (component !== "migrate"), `${component} and the cache`],
          [may(egress(INTERNET, 443)) !== readsBucket, `${component} and the bucket`],
          [may(egress(POD_IDENTITY, 80)) !== readsBucket, `${component} and its credentials`],
          [may(egress(MONITORING, 4318)) !== (component === "api"), `${component} and the collector`],
        );
      }),
    breaks: [
      ["NetworkPolicy database", ""],
      ["NetworkPolicy database", "spec/egress/0/ports/0/port", 3307],
      ["NetworkPolicy database", "spec/egress/0/to/0/ipBlock/cidr", "VpcCidr"],
      ["NetworkPolicy cache", ""],
      ["NetworkPolicy cache", "spec/podSelector/matchExpressions"],
      ["NetworkPolicy bucket", ""],
      ["NetworkPolicy bucket", "spec/podSelector", {}],
      ["NetworkPolicy bucket", "spec/egress/1/to/0/ipBlock/cidr", "169.254.169.254/32"],
      ["NetworkPolicy traces", ""],
      ["NetworkPolicy traces", "spec/egress/0/ports/0/port", 4317],
    ],
  },
  {
    says: "the balancer and Prometheus reach the API, and nobody else does",
    overlays: AWS,
    faults: (manifests, app) =>
      pods(manifests).flatMap((pod) => {
        const isApi = pod.of === "Deployment movie-store";
        const may = (peer: Peer, port: number) => isAllowed(manifests, pod, ingress(peer, port));
        return faultsOf(
          [VPC.some((peer) => may(peer, app.port)) !== isApi, `the balancer and ${pod.of}`],
          [may(MONITORING, app.port) !== isApi, `Prometheus and ${pod.of}`],
          [may(STRANGER, app.port), `other pods and ${pod.of}`],
          [may(INTERNET, app.port), `the internet and ${pod.of}`],
          [may(MONITORING, 9229), `Prometheus and another port of ${pod.of}`],
        );
      }),
    breaks: [
      ["NetworkPolicy balancer", ""],
      ["NetworkPolicy balancer", "spec/ingress/0/ports/0/port", 8080],
      ["NetworkPolicy balancer", "spec/ingress/0/from"],
      ["NetworkPolicy balancer", "spec/podSelector/matchLabels/app.kubernetes.io~1component", "web"],
      ["NetworkPolicy metrics", ""],
      ["NetworkPolicy metrics", "spec/ingress/0/from/0/namespaceSelector", {}],
      ["NetworkPolicy metrics", "spec/ingress/0/ports"],
    ],
  },
  {
    says: "on one machine, only API, commands and worker reach the stores",
    overlays: ["local"],
    faults: (manifests) => {
      const users = ["movie-store", "worker"];
      const [mysql] = pods(manifests).filter(({ of }) => of === "StatefulSet mysql");
      if (mysql === undefined) return ["there is no database"];
      return pods(manifests).flatMap((pod) => {
        const name = pod.labels["app.kubernetes.io/name"] ?? "";
        const peer: Peer = { namespace: "movie-store", labels: pod.labels };
        const reaches =
          isAllowed(manifests, pod, egress(MYSQL, 3306)) && isAllowed(manifests, mysql, ingress(peer, 3306));
        return faultsOf([reaches !== users.includes(name), `${pod.of} and the database`]);
      });
    },
    breaks: [
      ["NetworkPolicy store", ""],
      ["NetworkPolicy stores", ""],
      ["NetworkPolicy store", "spec/podSelector/matchExpressions/0/values", ["movie-store"]],
      ["NetworkPolicy store", "spec/egress/0/ports/0/port", "http"],
    ],
  },
  {
    says: "what selects pods selects some",
    faults: (manifests) => {
      const labels = pods(manifests).map((pod) => pod.labels);
      const isOfAny = (selector: Parameters<typeof selects>[0]) =>
        labels.some((each) => selects(selector, each));
      return [
        ...all(manifests, "Service")
          .filter(
            ({ spec }) =>
              !isOfAny({ matchLabels: (spec?.selector ?? { none: "" }) as Record<string, string> }),
          )
          .map(title),
        ...all(manifests, "NetworkPolicy")
          .filter(({ spec }) => !isOfAny(spec?.podSelector ?? {}))
          .map(title),
        ...all(manifests, "ServiceMonitor")
          .filter(({ spec }) => !monitored(manifests, spec.selector).length)
          .map(title),
      ];
    },
    breaks: [
      ["Service", "spec/selector/app.kubernetes.io~1component", "web"],
      ["Service", "spec/selector"],
      ["NetworkPolicy metrics", "spec/podSelector/matchLabels/app.kubernetes.io~1component", "web"],
      ["ServiceMonitor", "spec/selector/matchLabels/app.kubernetes.io~1name", "movies"],
    ],
  },
  {
    says: "every port leads to one that the program listens at",
    faults: (manifests, app) => {
      const ports = api(manifests).containers[0]?.ports ?? [];
      const [port] = one(manifests, "Service").spec?.ports ?? [];
      const isServices = (name: unknown) => name === port?.name;
      return faultsOf(
        [ports.length !== 1 || ports[0]?.containerPort !== app.port, `the program listens at ${app.port}`],
        [port?.targetPort !== ports[0]?.name, "the service leads to another port"],
        [
          all(manifests, "TargetGroupBinding").some(({ spec }) => !isServices(spec.serviceRef.port)),
          "the balancer asks another port",
        ],
        [
          all(manifests, "TargetGroupBinding").some(({ spec }) => spec.serviceRef.name !== "movie-store"),
          "the balancer asks another service",
        ],
        [
          all(manifests, "ServiceMonitor").some(({ spec }) =>
            spec.endpoints.some((each) => !isServices(each.port)),
          ),
          "Prometheus asks another port",
        ],
      );
    },
    breaks: [
      ["Deployment", "spec/template/spec/containers/0/ports/0/containerPort", 8080],
      ["Service", "spec/ports/0/targetPort", "web"],
      ["TargetGroupBinding", "spec/serviceRef/port", 3000],
      ["TargetGroupBinding", "spec/serviceRef/name", "movies"],
      ["ServiceMonitor", "spec/endpoints/0/port", "metrics"],
    ],
  },
];

function monitored(manifests: readonly Manifest[], selector: Parameters<typeof selects>[0]) {
  return all(manifests, "Service").filter(({ metadata }) =>
    selects(selector, (metadata as { labels?: Record<string, string> }).labels ?? {}),
  );
}
