/** What an operations document names that is not there. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import {
  ALARMS,
  ALERTS,
  allOf,
  anchorsOf,
  COMMANDS,
  OUTPUTS,
  PARAMETERS,
  REPOSITORY,
  RESOURCES,
  read,
  SCRIPTS,
  STAGE_FIELDS,
  STAGES,
} from "./what-there-is.ts";

const BLOCK = /^( *)```sh\n(.*?)^\1```/gms;
const KINDS: Readonly<Record<string, string>> = { hpa: "horizontalpodautoscaler" };
/** Made by the commands themselves. */
const MADE_HERE = new Set(["packages/aws-stack/outputs.json"]);

/** @param path of the document, from the root of the repository. */
export function faultsOf(path: string, text: string): readonly string[] {
  const blocks = [...text.matchAll(BLOCK)].map(([, , commands = ""]) => commands);
  const shell = blocks.join("\n");
  const code = [shell, ...allOf(text.replaceAll(BLOCK, ""), /`([^`\n]+)`/g)].join("\n");
  return [
    ...blocks.flatMap(shellFaults),
    ...missing("npm script", allOf(code, /npm run ([\w:-]+)/g), SCRIPTS),
    ...missing("command", allOf(code, /^ *(?:npx )?movie[-_]store ([a-z]+(?:-[a-z]+)*)\b(?!\()/gm), COMMANDS),
    ...missing(
      "output",
      allOf(code, /(?:\$\{?|\b(?:first|second) )([A-Z][a-z]+(?:[A-Z][a-z]+)*)\b/g),
      OUTPUTS,
    ),
    ...missing("parameter", allOf(code, /--parameters [\w-]+:(\w+)=/g), PARAMETERS),
    ...missing("stage", allOf(code, /\bstage=([a-z-]+)/g), STAGES),
    ...missing("stage", allOf(code, /\bmovie-store-([a-z-]+)-(?:data|service)\b/g), STAGES),
    ...missing(
      "field of a stage",
      allOf(text, /to `(\w+)`(?= in `packages\/aws-stack\/src\/stages\.ts`)/g),
      STAGE_FIELDS,
    ),
    ...missing("alert", allOf(code, /\b(MovieStore[A-Z]\w+)/g), ALERTS),
    ...missing("alarm", allOf(text, /^\| `([A-Z][a-z]+[A-Z]\w+)` \|(?! \[)/gm), ALARMS),
    ...missing("resource", resourcesIn(shell), RESOURCES),
    ...pathsIn(code)
      .filter((named) => !existsSync(join(REPOSITORY, named)) && !MADE_HERE.has(named))
      .map((named) => `no file ${named}`),
    ...linkFaults(path, text),
  ];
}

/** Alerts and alarms that the document does not explain. */
export function unexplained(text: string): readonly string[] {
  return [...ALERTS, ...ALARMS].filter((name) => !text.includes(`\`${name}\``));
}

function missing(what: string, named: readonly string[], there: ReadonlySet<string>): readonly string[] {
  return [...new Set(named)].filter((name) => !there.has(name)).map((name) => `no ${what} ${name}`);
}

function shellFaults(commands: string): readonly string[] {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: commands, encoding: "utf8" });
  return status === 0 ? [] : [`no shell: ${stderr.trim()}`];
}

function resourcesIn(shell: string): readonly string[] {
  const named = shell.matchAll(
    /\b(deployment|cronjob|job|hpa|externalsecret)[ /](movie-store[a-z-]*)(?![\w$"-])/g,
  );
  return [...named].map(([, kind = "", name]) => `${KINDS[kind] ?? kind} ${name}`);
}

function pathsIn(code: string): readonly string[] {
  const direct = allOf(code, /(?<![\w/.$])((?:packages|docs|e2e|tools|\.github)\/[\w./-]*\w)/g);
  const overlays = allOf(code, /(?<![\w/.$])((?:overlays|components|parameters)\/[\w./-]*\w)/g);
  return [
    ...direct,
    ...overlays.map((path) =>
      join(
        "packages/k8s-manifests",
        path.startsWith("parameters/") ? join("overlays/second-region", path) : path,
      ),
    ),
  ];
}

function linkFaults(path: string, text: string): readonly string[] {
  return allOf(text, /\]\((?!https?:)([^)\s]+)\)/g).flatMap((link) => {
    const [file = "", anchor] = link.split("#");
    const target = file === "" ? path : normalize(join(dirname(path), file));
    if (!existsSync(join(REPOSITORY, target))) return [`no file ${target}`];
    if (anchor === undefined || anchorsOf(file === "" ? text : read(target)).has(anchor)) return [];
    return [`no heading ${link}`];
  });
}
