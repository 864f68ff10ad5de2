/** Which connections the network policies let through, as Kubernetes defines it. */

import { BlockList } from "node:net";
import type {
  INetworkPolicy,
  INetworkPolicyPeer,
  INetworkPolicyPort,
} from "kubernetes-models/networking.k8s.io/v1";
import { all, type Labels, type Manifest, type Pods, pods } from "./manifests.ts";
import { selects } from "./promise.ts";

/** The other end: an address outside of the cluster, or a pod. */
export type Peer = { readonly address: string } | { readonly namespace: string; readonly labels: Labels };

export interface Connection {
  readonly to: "Ingress" | "Egress";
  readonly peer: Peer;
  readonly port: number;
  readonly protocol?: "TCP" | "UDP";
}

const NAMESPACE = "movie-store";

/** Whether some policy allows it. A pod that no policy of its direction selects may do anything. */
export function isAllowed(manifests: readonly Manifest[], pod: Pods, connection: Connection): boolean {
  const policies = all(manifests, "NetworkPolicy")
    .map(({ spec }) => spec)
    .filter(
      (spec) => spec?.policyTypes?.includes(connection.to) && selects(spec.podSelector ?? {}, pod.labels),
    );
  return (
    policies.length === 0 ||
    policies.some((policy) => policy !== undefined && allows(policy, pod, connection, manifests))
  );
}

function allows(
  policy: NonNullable<INetworkPolicy["spec"]>,
  pod: Pods,
  connection: Connection,
  manifests: readonly Manifest[],
): boolean {
  const rules =
    connection.to === "Ingress"
      ? (policy.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
      : (policy.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
  const listening = connection.to === "Ingress" ? [pod] : podsAt(manifests, connection.peer);
  return rules.some(
    ({ peers, ports }) =>
      (peers === undefined || peers.some((peer) => isPeer(peer, connection.peer))) &&
      (ports === undefined || ports.some((port) => isPort(port, connection, listening))),
  );
}

function isPeer({ ipBlock, namespaceSelector, podSelector }: INetworkPolicyPeer, peer: Peer): boolean {
  if ("address" in peer) return ipBlock !== undefined && isWithin(peer.address, ipBlock.cidr);
  if (ipBlock !== undefined) return false;
  const isNamespace =
    namespaceSelector === undefined
      ? peer.namespace === NAMESPACE
      : selects(namespaceSelector, { "kubernetes.io/metadata.name": peer.namespace });
  return isNamespace && selects(podSelector ?? {}, peer.labels);
}

function isPort(
  { port, protocol = "TCP" }: INetworkPolicyPort,
  connection: Connection,
  listening: readonly Pods[],
): boolean {
  if (protocol !== (connection.protocol ?? "TCP")) return false;
  if (typeof port !== "string") return port === undefined || port === connection.port;
  return listening.some(({ containers }) =>
    containers.some(({ ports }) =>
      ports?.some(({ name, containerPort }) => name === port && containerPort === connection.port),
    ),
  );
}

function podsAt(manifests: readonly Manifest[], peer: Peer): readonly Pods[] {
  if ("address" in peer || peer.namespace !== NAMESPACE) return [];
  return pods(manifests).filter(({ labels }) => selects({ matchLabels: peer.labels }, labels));
}

/** Nothing lies in a block that is no block. */
function isWithin(address: string, block: string): boolean {
  const [, net = "", bits = ""] = /^([\d.]+)\/(\d+)$/.exec(block) ?? [];
  if (bits === "") return false;
  const list = new BlockList();
  list.addSubnet(net, Number(bits));
  return list.check(address);
}
