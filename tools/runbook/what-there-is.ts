/** What the operations documents may name: commands, alarms, outputs and resources, as the sources have them. */

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const REPOSITORY = resolve(import.meta.dirname, "../..");

export function read(path: string): string {
  return readFileSync(join(REPOSITORY, path), "utf8");
}

function filesBelow(folder: string, suffix: string): readonly string[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(suffix) && !path.includes("node_modules"))
    .map((path) => join(folder, path));
}

/** What stands in the first group of each match. */
export function allOf(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, found = ""]) => found);
}

function namesIn(folder: string, suffix: string, pattern: RegExp): ReadonlySet<string> {
  return new Set(filesBelow(folder, suffix).flatMap((path) => allOf(read(path), pattern)));
}

export const SCRIPTS: ReadonlySet<string> = new Set(Object.keys(JSON.parse(read("package.json")).scripts));

/** Of `movie-store`. */
export const COMMANDS = namesIn("packages/cli/src/commands", ".ts", /\.command\("([a-z-]+)"\)/g);

/** Of Prometheus. */
export const ALERTS = namesIn("packages/k8s-manifests/monitoring", "alerts.yaml", /- alert: (\w+)/g);

/** Of CloudWatch. */
export const ALARMS = namesIn("packages/aws-stack/src", "alarms.ts", /^ +name: "(\w+)",$/gm);

const TOLD = /#tell\(\{\n(.+?)\n {4}\}\);/s.exec(read("packages/aws-stack/src/service-stack.ts"))?.[1] ?? "";
export const OUTPUTS: ReadonlySet<string> = new Set(allOf(TOLD, /\b([A-Z][A-Za-z]+): /g));

/** Of the data stack, given with `--parameters`. */
export const PARAMETERS = namesIn("packages/aws-stack/src", ".ts", /#told\(\s*"(\w+)"/g);

export const STAGES = namesIn("packages/aws-stack/src", "stages.ts", /^ {2}name: "([a-z-]+)",$/gm);
/** What can be said of a stage. */
export const STAGE_FIELDS = namesIn("packages/aws-stack/src", "stages.ts", /^ {2}readonly (\w+)\??:/gm);

/** `kind name`, in small letters. */
export const RESOURCES: ReadonlySet<string> = new Set(
  filesBelow("packages/k8s-manifests", ".yaml").flatMap((path) =>
    read(path)
      .split(/^---$/m)
      .map((text) => /^kind: (\w+)$.*?^metadata:\n {2}name: (\S+)$/ms.exec(text))
      .map((match) => `${match?.[1]} ${match?.[2]}`.toLowerCase()),
  ),
);

/** The anchors of its headings, as they are made of them on the usual code hosts. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  return new Set(
    allOf(markdown.replace(/^ *```.*?^ *```/gms, ""), /^#+ (.+)$/gm).map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
}
