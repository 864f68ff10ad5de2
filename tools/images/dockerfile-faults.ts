/** What is wrong with a Dockerfile of this repository. */

import { readDockerfile, type Stage, textsOf } from "./dockerfile.ts";
import type { Workspace } from "./workspaces.ts";

export interface Expected {
  /** Every package that is in the image, each behind what it needs. */
  readonly workspaces: readonly Workspace[];
  /** The version of Node that the repository pins. */
  readonly node: string;
  /** Whether it is a server, which has to say how it is. */
  readonly isServer: boolean;
  /** Whether what runs is bundled, so that nothing of the packages is in the image but that. */
  readonly isBundled: boolean;
}

export function dockerfileFaults(text: string, expected: Expected): readonly string[] {
  const stages = readDockerfile(text);
  return [
    ...baseFaults(stages, expected.node),
    ...packageFaults(stages, expected),
    ...(expected.isBundled ? [] : contentFaults(stages, expected.workspaces)),
    ...processFaults(stages.slice(-1), expected.isServer),
  ];
}

function baseFaults(stages: readonly Stage[], node: string): readonly string[] {
  const names = new Set(stages.map(({ name }) => name));
  const bases = stages.map(({ from }) => from).filter((from) => !names.has(from));
  const faults = bases
    .filter((base) => !/:[\w.-]+(@sha256:[0-9a-f]{64})?$/.test(base) || /:latest\b/.test(base))
    .map((base) => `the base "${base}" has no tag but latest`);
  if (!bases.some((base) => base.startsWith(`docker.io/library/node:${node}-`)))
    faults.push(`no base has Node ${node}`);
  return faults;
}

/** Every stage that installs or builds has to know exactly the packages that are in the image. */
function packageFaults(stages: readonly Stage[], { workspaces }: Expected): readonly string[] {
  const folders = workspaces.map(({ folder }) => folder);
  const fromContext = textsOf(stages, "COPY").filter((copy) => !copy.startsWith("--from="));
  const manifests = fromContext.flatMap(
    (copy) => /^(packages\/[\w-]+)\/package\.json /.exec(copy)?.[1] ?? [],
  );
  const sources = fromContext.flatMap((copy) => /^(packages\/[\w-]+) \1$/.exec(copy)?.[1] ?? []);
  const runs = textsOf(stages, "RUN");
  const installs = runs
    .filter((run) => run.includes("npm ci"))
    .map((run) => ({
      what: `the packages of "${run.slice(0, 40)}…"`,
      found: all(run, /-w (@[\w/-]+)/g),
      wanted: workspaces.map(({ name }) => name),
    }));
  const loops = runs
    .flatMap((run) => /\bfor package in ([\w -]+);/.exec(run)?.[1] ?? [])
    .map((list) => ({
      what: "the order of the builds",
      found: list.split(" ").map((name) => `packages/${name}`),
      wanted: folders,
      isOrdered: true,
    }));
  return [
    { what: "the package.json files", found: manifests, wanted: folders },
    { what: "the sources", found: sources, wanted: folders },
    ...installs,
    ...loops,
  ].flatMap(difference);
}

function difference({
  what,
  found,
  wanted,
  isOrdered = false,
}: {
  readonly what: string;
  readonly found: readonly string[];
  readonly wanted: readonly string[];
  readonly isOrdered?: boolean;
}): readonly string[] {
  const missing = wanted.filter((one) => !found.includes(one)).map((one) => `${what} lack ${one}`);
  const surplus = found.filter((one) => !wanted.includes(one)).map((one) => `${what} need no ${one}`);
  if (missing.length + surplus.length > 0) return [...missing, ...surplus];
  return isOrdered && found.join() !== wanted.join() ? [`${what} has to be ${wanted.join(", ")}`] : [];
}

/** What npm would publish of a package is what it needs to run; sources are for those who read them. */
function contentFaults(stages: readonly Stage[], workspaces: readonly Workspace[]): readonly string[] {
  const copies = textsOf(stages.slice(-1), "COPY");
  return workspaces
    .flatMap(({ folder, files }) =>
      files.filter((file) => !/^(!|src$|page$)/.test(file)).map((file) => `${folder}/${file}`),
    )
    .filter((path) => !copies.includes(`--from=build /app/${path} ${path}`))
    .map((path) => `the image lacks ${path}`);
}

function processFaults(final: readonly Stage[], isServer: boolean): readonly string[] {
  const faults: string[] = [];
  const user = textsOf(final, "USER").at(-1) ?? "";
  if (!/^[1-9]\d*:[1-9]\d*$/.test(user)) faults.push(`USER is no number but 0: "${user}"`);
  for (const name of ["ENTRYPOINT", "CMD"]) {
    if (!isExecForm(textsOf(final, name).at(-1))) faults.push(`${name} has no exec form`);
  }
  const health = textsOf(final, "HEALTHCHECK").at(-1);
  if (isServer && !isExecForm(/\bCMD (.*)$/.exec(health ?? "")?.[1])) faults.push("there is no HEALTHCHECK");
  return faults;
}

/** A list, which starts the program itself; a text would be given to a shell, which is not there. */
function isExecForm(text: string | undefined): boolean {
  try {
    return Array.isArray(JSON.parse(text ?? ""));
  } catch {
    return false;
  }
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].flatMap((match) => match[1] ?? []);
}
