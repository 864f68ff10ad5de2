/**
 * Prints what the published packages bring with them, by the lock file, as a bill of materials (SBOM) in CycloneDX 1.5.
 * What is in it is chosen here: `npm sbom --omit=dev` leaves out whatever is a development dependency somewhere as well.
 */

import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { readWorkspaces } from "../images/workspaces.ts";

interface Component {
  readonly "bom-ref": string;
}

interface Bill {
  readonly metadata: { readonly component: object };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Listed {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, Listed>>;
}

const repository = resolve(import.meta.dirname, "../..");
const published = readWorkspaces(repository).filter(({ isPrivate }) => !isPrivate);
const listed = npm(
  "ls",
  "--all",
  "--json",
  "--omit=dev",
  ...published.map(({ folder }) => `--workspace=${folder}`),
);
const wanted = new Set(idsIn(listed as Listed));
const bill = npm("sbom", "--sbom-format=cyclonedx") as Bill;
const shipped: Bill = {
  ...bill,
  // npm names it after the folder that it is in.
  metadata: { ...bill.metadata, component: { ...bill.metadata.component, name: "movie-store" } },
  components: bill.components.filter((component) => wanted.has(component["bom-ref"])),
  dependencies: bill.dependencies
    .filter(({ ref }) => wanted.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => wanted.has(other)) })),
};
console.log(JSON.stringify(shipped, null, 2));

function npm(...args: readonly string[]): unknown {
  // What npm has to say besides is shown when it fails.
  const options = { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 28, stdio: "pipe" } as const;
  return JSON.parse(execFileSync("npm", [...args, "--package-lock-only"], options));
}

function idsIn({ dependencies = {} }: Listed): readonly string[] {
  return Object.entries(dependencies).flatMap(([name, item]) => [`${name}@${item.version}`, ...idsIn(item)]);
}
