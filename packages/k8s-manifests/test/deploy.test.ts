import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { broken } from "./breaking.ts";
import { type Manifest, render, title } from "./manifests.ts";

const kubectl = inject("kubectl");
const PACKAGE = resolve(import.meta.dirname, "..");
const DEPLOY = resolve(PACKAGE, "deploy");

/** What the migration needs, and what is not to change before it has succeeded. */
const FIRST = [
  "Namespace",
  "ServiceAccount",
  "ConfigMap",
  "SecretStore",
  "ExternalSecret",
  "NetworkPolicy",
  "Job",
];
const AFTERWARDS = [
  ...["Deployment", "CronJob", "Service", "TargetGroupBinding"],
  ...["HorizontalPodAutoscaler", "PodDisruptionBudget"],
];

const DELETE = "delete job";
const APPLY_FIRST = "apply -k component notin (api, reconcile)";
const WAIT = ["wait job jsonpath", "wait job condition=Complete"];
const APPLY_REST = "apply -k component != migrate";
const ROLLOUT = "rollout status deployment";

describe.skipIf(kubectl === undefined)("deploy", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "movie-store-deploy-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs it with a kubectl that notes what it is told, renders as the real one does, and fails at a pattern. */
  function deploy(
    args: readonly string[],
    failsAt = "nothing",
  ): Promise<{ calls: string[]; isDone: boolean }> {
    const calls = join(folder, "calls");
    const program = join(folder, "kubectl");
    writeFileSync(calls, "");
    writeFileSync(
      program,
      `#!/bin/sh
case "$*" in
  kustomize*) exec '${kubectl}' "$@" ;;
  *) echo "$*" >>'${calls}' ;;
esac
case "$*" in *'${failsAt}'*) exit 1 ;; esac
`,
    );
    chmodSync(program, 0o755);
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
    return new Promise((done) => {
      execFile(DEPLOY, args, { env }, (error) => {
        const lines = readFileSync(calls, "utf8").trim().split("\n");
        done({ calls: lines.map(shortened), isDone: error === null });
      });
    });
  }

  it("migrates and then applies what runs the new image", async () => {
    expect(await deploy(["production"])).toEqual({
      calls: [DELETE, APPLY_FIRST, ...WAIT, APPLY_REST, ROLLOUT],
      isDone: true,
    });
  });

  it("touches no pod when the migration fails, and shows why", async () => {
    expect(await deploy(["production"], "condition=Complete")).toEqual({
      calls: [DELETE, APPLY_FIRST, ...WAIT, "logs job"],
      isDone: false,
    });
  });

  it.each([
    ["the cluster does not answer", "delete", [DELETE]],
    ["what the migration needs is refused", "notin", [DELETE, APPLY_FIRST]],
    ["the migration does not end", "jsonpath", [DELETE, APPLY_FIRST, WAIT[0]]],
    ["the rest is refused", "!= migrate", [DELETE, APPLY_FIRST, ...WAIT, APPLY_REST]],
    ["the new pods do not come", "rollout", [DELETE, APPLY_FIRST, ...WAIT, APPLY_REST, ROLLOUT]],
  ])("fails at once when %s", async (_, failsAt, calls) => {
    expect(await deploy(["production"], failsAt)).toEqual({ calls, isDone: false });
  });

  it.each([[["second-region"]], [["production", "--no-migration"]]])(
    "migrates nothing with %j",
    async (args) => {
      expect(await deploy(args)).toEqual({ calls: [APPLY_REST, ROLLOUT], isDone: true });
    },
  );

  it.each([[[]], [["nowhere"]]])("does nothing with %j", async (args) => {
    expect(await deploy(args)).toEqual({ calls: [""], isDone: false });
  });

  describe("what it applies first", () => {
    let manifests: readonly Manifest[];

    beforeAll(async () => {
      manifests = await render(kubectl as string, resolve(PACKAGE, "overlays/production"));
    });

    /** What goes first or last in spite of the two lists. */
    function misplaced(all: readonly Manifest[]): readonly string[] {
      const script = readFileSync(DEPLOY, "utf8");
      const [, components = ""] = /'app\.kubernetes\.io\/component notin \(([\w, ]+)\)'/.exec(script) ?? [];
      return all
        .filter((manifest) => {
          const isLater = components.split(", ").includes(componentOf(manifest));
          return (isLater ? FIRST : AFTERWARDS).includes(manifest.kind);
        })
        .map(title);
    }

    it("is what the migration needs, and nothing of the API", () => {
      expect(misplaced(manifests)).toEqual([]);
      const kinds = new Set(manifests.map(({ kind }) => kind));
      expect([...FIRST, ...AFTERWARDS].filter((kind) => !kinds.has(kind))).toEqual([]);
    });

    it.each([
      ["Deployment", "metadata/labels/app.kubernetes.io~1component", "web"],
      ["TargetGroupBinding", "metadata/labels"],
      ["Job", "metadata/labels/app.kubernetes.io~1component", "api"],
    ] as const)("is noticed to be something else when the %s has another %s", (...change) => {
      expect(misplaced(broken(manifests, change))).toHaveLength(1);
    });
  });
});

/** `wait job condition=Complete` of `--namespace movie-store wait job movie-store-migrate --for=condition=Complete …`. */
function shortened(call: string): string {
  const [, verb = "", what = ""] =
    /^--namespace movie-store (\w+) (status deployment|[\w-]+)/.exec(call) ?? [];
  const [detail = ""] = /component .*|jsonpath|condition=Complete/.exec(call) ?? [];
  return [verb, what, detail].filter(Boolean).join(" ");
}

function componentOf({ metadata }: Manifest): string {
  const { labels } = metadata as { readonly labels?: Readonly<Record<string, string>> };
  return labels?.["app.kubernetes.io/component"] ?? "";
}
