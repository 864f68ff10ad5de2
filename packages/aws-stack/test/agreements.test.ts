import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadConfig, VARIABLES } from "../../lambda-ingest/src/config.ts";
import { SECRET_VARIABLES, withSecrets } from "../../lambda-ingest/src/secrets.ts";
import { API_ACCOUNT, API_PORT, NAMESPACE, RECONCILE_ACCOUNT } from "../src/names.ts";
import { STAGES } from "../src/stages.ts";
import { one, stageNamed, synthesise } from "./synthesised.ts";

// The stacks import nothing of the other packages, and yet have to agree with them.

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const MANIFESTS = `${REPOSITORY}packages/k8s-manifests/`;

test.for(STAGES)("the function of $name takes the settings that it gets", async (stage) => {
  const { Variables } = one(synthesise(stage).service, "Lambda::Function", "Ingest")["Environment"];
  const environment = Object.fromEntries(
    Object.entries(Variables).map(([name, value]) => [name, resolved(value)]),
  );
  const known = [...VARIABLES, ...SECRET_VARIABLES];
  expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
  const secret = JSON.stringify({ username: "movie_store", password: "secret" });
  const config = loadConfig(await withSecrets(environment, async () => secret));
  expect(config.writesReceipts).toBe(true);
  expect(config.redisUrl).toMatch(/^rediss:\/\/:.+@/);
  expect(config.mysqlUrl).toMatch(/^mysql:\/\/movie_store:secret@.*:3306\/movie_store\?tls=amazon-rds$/);
  expect(config.replica === undefined).toBe(stage.standbyFor === undefined);
});

/** As CloudFormation would resolve it, with the name of what is referred to in place of the value. */
function resolved(value: unknown): string {
  if (typeof value === "string") return value;
  const [[name, argument]] = Object.entries(value as object) as [[string, unknown]];
  if (name === "Fn::Join") return (argument as [string, unknown[]])[1].map(resolved).join("");
  return String(argument)
    .replaceAll(/[^A-Za-z0-9]/g, "-")
    .toLowerCase()
    .slice(-40)
    .replace(/^-/, "");
}

test("namespace and service accounts are those of the manifests", () => {
  const base = `${MANIFESTS}base/`;
  const manifests = readdirSync(base)
    .map((name) => readFileSync(`${base}${name}`, "utf8"))
    .join("\n---\n");
  const named = (kind: string) =>
    manifests
      .split(/^---$/m)
      .filter((document) => new RegExp(`^kind: ${kind}$`, "m").test(document))
      .map((document) => /^ {2}name: (\S+)$/m.exec(document)?.[1]);
  expect(named("Namespace")).toEqual([NAMESPACE]);
  expect(named("ServiceAccount").sort()).toEqual([API_ACCOUNT, RECONCILE_ACCOUNT].sort());
});

test.for(["staging", "production", "second-region"])(
  "the overlay of %s asks for outputs that there are",
  (name) => {
    const parameters = readFileSync(`${MANIFESTS}overlays/${name}/parameters/stack.env`, "utf8");
    const asked = [...parameters.matchAll(/^(\w+)=/gm)].map(([, output]) => output);
    expect(asked.length).toBeGreaterThan(5);
    const { Outputs } = synthesise(stageNamed(name)).service;
    expect(asked.filter((output) => !Object.hasOwn(Outputs ?? {}, output as string))).toEqual([]);
  },
);

test("pods listen where the balancer asks them", () => {
  const deployment = readFileSync(`${MANIFESTS}base/deployment.yaml`, "utf8");
  expect(deployment).toMatch(new RegExp(`containerPort: ${API_PORT}$`, "m"));
});

test("a stage that does not exist is refused in one line", () => {
  const run = () =>
    execFileSync(process.execPath, ["src/main.ts"], {
      cwd: `${REPOSITORY}packages/aws-stack`,
      env: { ...process.env, CDK_CONTEXT_JSON: '{"stage":"nowhere"}' },
      stdio: "pipe",
      encoding: "utf8",
    });
  expect(run).toThrow("there is no stage nowhere: staging, production, second-region");
});
