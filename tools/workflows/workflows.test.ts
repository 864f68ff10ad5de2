import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { parseWorkflow, readWorkflows, stepsOf } from "./workflow.ts";
import { workflowFaults } from "./workflow-faults.ts";

const repository = resolve(import.meta.dirname, "../..");
const workflows = readWorkflows(repository);
const CI = ".github/workflows/ci.yml";

test.each([...workflows])("nothing is wrong with %s", (path, text) => {
  expect(workflowFaults(repository, path, text)).toEqual([]);
});

test("there are workflows to check", () => {
  expect([...workflows.keys()].map((path) => path.split("/").at(-1)).toSorted()).toEqual([
    "ci.yml",
    "deploy.yml",
    "release.yml",
  ]);
});

test("CI runs every step of .ci/run", () => {
  const steps = readFileSync(join(repository, ".ci/run"), "utf8").matchAll(/^step (\S+)$/gm);
  const run = stepsOf(parseWorkflow(workflows.get(CI) ?? "")).map((step) => step.run ?? "");
  const missing = [...steps].map((match) => `npm run ${match[1]}`).filter((step) => !run.includes(step));
  expect(missing).toEqual([]);
  expect(run).toContain("npm run lint");
});

describe("the check of workflows complains when", () => {
  test.each([
    ["a key is unknown", "timeout-minutes: 20", "timeout-minute: 20", 'unexpected key "timeout-minute"'],
    [
      "a job waits for one that is not there",
      "needs: ci",
      "needs: cy",
      'needs job "cy" which does not exist',
    ],
    [
      "an expression has a typo",
      "github.repository_owner",
      "github.repositry_owner",
      'property "repositry_owner" is not defined',
    ],
    [
      "the matrix has no such value",
      "matrix.dockerfile",
      "matrix.dockerfiles",
      'property "dockerfiles" is not defined',
    ],
    [
      "a step is asked that is not there",
      "steps.push.outputs",
      "steps.pushed.outputs",
      'property "pushed" is not defined',
    ],
    ["a runner is unknown", "ubuntu-24.04", "ubuntu-24.40", 'label "ubuntu-24.40" is unknown'],
    [
      "what a stranger wrote is run",
      "run: npm ci --no-audit",
      `run: echo \${{ github.event.head_commit.message }}`,
      "potentially untrusted",
    ],
    [
      "an expression is run",
      "run: npm ci --no-audit",
      `run: npm ci \${{ github.sha }}`,
      "an expression is pasted into a script",
    ],
    [
      "an action is named by its tag",
      /checkout@\w+ # v6.0.2/,
      "checkout@v6",
      "not pinned by a commit and its version: actions/checkout@v6",
    ],
    ["nobody knows which version an action is", " # v6.0.2", "", "not pinned by a commit and its version"],
    [
      "every job may write",
      "permissions:\n  contents: read\n\n",
      "permissions: write-all\n\n",
      "jobs may do more than read",
    ],
    ["nobody says what jobs may", "permissions:\n  contents: read\n\n", "", "jobs may do more than read"],
    ["a job may hang", "    timeout-minutes: 20\n", "", "may run for hours"],
    [
      "the token stays in the checkout",
      "persist-credentials: false",
      "fetch-depth: 1",
      "the token stays behind",
    ],
    ["a pipe may fail unseen", "shell: bash", "shell: sh", "a pipe may fail unseen"],
    ["a script of npm is not there", "npm run build", "npm run bild", "package.json has no script bild"],
    [
      "a script of the repository is not there",
      "tools/release/publish-packages",
      "tools/release/publish",
      "there is no tools/release/publish to run",
    ],
    [
      "a script is too long",
      "run: npm ci --no-audit",
      "run: |\n          a\n          b\n          c\n          d",
      "a script for a file of its own",
    ],
  ] as const)("%s", (_, part, otherwise, complaint) => {
    const path = ".github/workflows/release.yml";
    const good = workflows.get(path) ?? "";
    const broken = good.replace(part, otherwise);
    expect(broken).not.toBe(good);
    expect(workflowFaults(repository, path, broken).join("\n")).toContain(complaint);
  });
});
