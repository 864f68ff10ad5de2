/**
 * What Kubernetes would not take, or would take and ignore. The validators of kubernetes-models know formats and what is
 * required, but pass over unknown fields. The compiler finds these at any depth, in literals of the types; so the
 * manifests are given to it as a program that is never written.
 */

import { resolve } from "node:path";
import ts from "typescript";
import type { Manifest } from "../manifests.ts";

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2024,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  types: [],
};
const FILE = resolve(import.meta.dirname, "manifests-as-literals.ts");

/** @returns the faults of each manifest, in their order. */
export async function schemaFaults(manifests: readonly Manifest[]): Promise<readonly (readonly string[])[]> {
  const byCompiler = compilerFaults(manifests);
  const byValidator = await Promise.all(manifests.map(validatorFaults));
  return manifests.map((manifest, index) => [
    ...versionFaults(manifest),
    ...nameFaults(manifest),
    ...(byCompiler[index] ?? []),
    ...(byValidator[index] ?? []),
  ]);
}

/** The types know versions that clusters have long ceased to serve. Of Kubernetes itself, only stable ones last. */
function versionFaults(manifest: Manifest): readonly string[] {
  const isStable = /^([a-z0-9.]+\/)?v\d+$/.test(manifest.apiVersion);
  return isStable || !moduleOf(manifest).startsWith("kubernetes-models/")
    ? []
    : [`${manifest.apiVersion} is not stable`];
}

/** What Kubernetes asks of names and labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const LABEL = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

function nameFaults({ metadata }: Manifest): readonly string[] {
  const { labels = {} } = metadata as { readonly labels?: Readonly<Record<string, string>> };
  return [
    ...[metadata.name].filter((name) => !NAME.test(name)).map((name) => `${name} is no name`),
    ...Object.values(labels)
      .filter((value) => !LABEL.test(value))
      .map((value) => `${value} is no label`),
  ];
}

function compilerFaults(manifests: readonly Manifest[]): readonly (readonly string[])[] {
  const literals = manifests.map(
    (manifest) =>
      `(${JSON.stringify(manifest)}) satisfies import("${moduleOf(manifest)}").I${manifest.kind};`,
  );
  const program = ts.createProgram([FILE], OPTIONS, hostWith(literals.join("\n")));
  const faults = manifests.map((): string[] => []);
  for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
    const text = ts.flattenDiagnosticMessageText(messageText, " ");
    if (file?.fileName !== FILE) throw new Error(text);
    faults[file.getLineAndCharacterOfPosition(start).line]?.push(text);
  }
  return faults;
}

function moduleOf({ apiVersion }: Manifest): string {
  if (/^(external-secrets\.io|elbv2\.k8s\.aws)\//.test(apiVersion)) return "./custom-resources.ts";
  if (apiVersion.startsWith("monitoring.coreos.com/")) {
    return `@kubernetes-models/prometheus-operator/${apiVersion}`;
  }
  return `kubernetes-models/${apiVersion}`;
}

function hostWith(text: string): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.getSourceFile = (name, ...more) =>
    name === FILE
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024)
      : getSourceFile.call(host, name, ...more);
  host.fileExists = (name) => name === FILE || fileExists.call(host, name);
  return host;
}

type Model = new (data: unknown) => { validate(): void };

async function validatorFaults(manifest: Manifest): Promise<readonly string[]> {
  const module = moduleOf(manifest);
  if (module.startsWith(".")) return [];
  try {
    const { [manifest.kind]: model } = (await import(module)) as Record<string, Model | undefined>;
    if (model === undefined) return [`there is no ${manifest.kind}`];
    new model(manifest).validate();
    return [];
  } catch (error) {
    return [String(error)];
  }
}
