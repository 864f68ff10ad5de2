/** What Kustomize renders of an overlay, with the questions that the promises ask it. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { IServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import type { IDeployment, IStatefulSet } from "kubernetes-models/apps/v1";
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import type { ICronJob, IJob } from "kubernetes-models/batch/v1";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type {
  IConfigMap,
  INamespace,
  IPodSpec,
  IPodTemplateSpec,
  ISecret,
  IService,
  IServiceAccount,
} from "kubernetes-models/v1";
import { parseAllDocuments } from "yaml";
import type { IExternalSecret, ITargetGroupBinding } from "./schemas/custom-resources.ts";

const run = promisify(execFile);

export const OVERLAYS = ["local", "staging", "production", "second-region"] as const;
export type Overlay = (typeof OVERLAYS)[number];
/** Those that run on AWS. */
export const AWS: readonly Overlay[] = ["staging", "production", "second-region"];

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** A manifest from whose type all that may be absent is absent for the compiler too. */
type Of<T> = Manifest & T;

interface Kinds {
  readonly ConfigMap: Of<IConfigMap>;
  readonly CronJob: Of<ICronJob>;
  readonly Deployment: Of<IDeployment>;
  readonly ExternalSecret: Of<IExternalSecret>;
  readonly HorizontalPodAutoscaler: Of<IHorizontalPodAutoscaler>;
  readonly Job: Of<IJob>;
  readonly Namespace: Of<INamespace>;
  readonly NetworkPolicy: Of<INetworkPolicy>;
  readonly PodDisruptionBudget: Of<IPodDisruptionBudget>;
  readonly Secret: Of<ISecret>;
  readonly Service: Of<IService>;
  readonly ServiceAccount: Of<IServiceAccount>;
  readonly ServiceMonitor: Of<IServiceMonitor>;
  readonly StatefulSet: Of<IStatefulSet>;
  readonly TargetGroupBinding: Of<ITargetGroupBinding>;
}

export type Labels = Readonly<Record<string, string>>;
export type Container = NonNullable<IPodSpec["containers"]>[number];

/** The pods that one manifest asks for. */
export interface Pods {
  /** For messages: `Deployment movie-store`. */
  readonly of: string;
  readonly labels: Labels;
  readonly spec: IPodSpec;
  /** With those that run before the others. */
  readonly containers: readonly Container[];
}

export async function render(kubectl: string, folder: string): Promise<readonly Manifest[]> {
  const { stdout } = await run(kubectl, ["kustomize", folder], { maxBuffer: 16 * 1024 * 1024 });
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

export function all<Kind extends keyof Kinds>(
  manifests: readonly Manifest[],
  kind: Kind,
): readonly Kinds[Kind][] {
  return manifests.filter((manifest) => manifest.kind === kind) as unknown as readonly Kinds[Kind][];
}

/** @throws Error where there is none of this kind and name. */
export function one<Kind extends keyof Kinds>(
  manifests: readonly Manifest[],
  kind: Kind,
  name = "movie-store",
): Kinds[Kind] {
  const found = all(manifests, kind).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** The API. */
export function api(manifests: readonly Manifest[]): Pods {
  return podsOf("Deployment movie-store", one(manifests, "Deployment").spec?.template);
}

export function pods(manifests: readonly Manifest[]): readonly Pods[] {
  return [
    ...all(manifests, "Deployment").map((each) => podsOf(title(each), each.spec?.template)),
    ...all(manifests, "StatefulSet").map((each) => podsOf(title(each), each.spec?.template)),
    ...all(manifests, "Job").map((each) => podsOf(title(each), each.spec?.template)),
    ...all(manifests, "CronJob").map((each) => podsOf(title(each), each.spec?.jobTemplate.spec?.template)),
  ];
}

export function title({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

function podsOf(of: string, template: IPodTemplateSpec | undefined): Pods {
  const { containers = [], initContainers = [] } = template?.spec ?? {};
  return {
    of,
    labels: (template?.metadata?.labels ?? {}) as Labels,
    spec: template?.spec ?? { containers: [] },
    containers: [...initContainers, ...containers],
  };
}
