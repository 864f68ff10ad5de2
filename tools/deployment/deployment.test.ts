import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakePrograms } from "../testing/fake-programs.ts";

const repository = resolve(import.meta.dirname, "../..");
const DIGEST = `sha256:${"a".repeat(64)}`;
const GET = "--namespace movie-store get";
const REVISION = `${GET} deployment movie-store --ignore-not-found --output jsonpath={.metadata.annotations`;
const REPLICAS = `${GET} deployment movie-store --ignore-not-found --output jsonpath={.spec.replicas}`;
const CRONJOB = `${GET} cronjob`;
const UNDO = "--namespace movie-store rollout undo deployment movie-store --to-revision=7";

let fakes: FakePrograms;
let folder: string;
let outputs: string;

beforeEach(() => {
  fakes = new FakePrograms();
  // The scripts write beside themselves.
  folder = mkdtempSync(join(tmpdir(), "movie-store-deployment-"));
  for (const path of ["tools/deployment", "packages/k8s-manifests"]) {
    cpSync(join(repository, path), join(folder, path), { recursive: true });
  }
  outputs = join(folder, "outputs.json");
});
afterEach(() => {
  fakes.remove();
  rmSync(folder, { recursive: true });
});

function tell(values: Readonly<Record<string, string>>): void {
  writeFileSync(
    outputs,
    JSON.stringify({ "movie-store-staging-data": {}, "movie-store-staging-service": values }),
  );
}

const run = (script: string, args: readonly string[], environment = {}) =>
  fakes.run(join(folder, "tools/deployment", script), args, { OUTPUTS_FILE: outputs, ...environment });

describe("fill-parameters", () => {
  const parameters = () => join(folder, "packages/k8s-manifests/overlays/staging/parameters");

  test("gives the overlay every output of the stacks and the image by its digest", async () => {
    tell({ Region: "eu-central-1", BucketName: "films" });
    expect(await run("fill-parameters", ["staging", `registry/movie-store@${DIGEST}`])).toMatchObject({
      code: 0,
    });
    expect(readFileSync(join(parameters(), "stack.env"), "utf8")).toBe(
      "Region=eu-central-1\nBucketName=films\n",
    );
    expect(readFileSync(join(parameters(), "release.env"), "utf8")).toBe(
      `Image=registry/movie-store@${DIGEST}\n`,
    );
  });

  test("refuses an image that is named by a tag", async () => {
    tell({});
    expect(await run("fill-parameters", ["staging", "registry/movie-store:1.2.3"])).toMatchObject({
      code: 1,
      stderr: "the image is not named by its digest: registry/movie-store:1.2.3\n",
    });
  });
});

describe("take-image", () => {
  const INSPECT = "buildx imagetools inspect";
  const environment = { GITHUB_REPOSITORY: "Acme/films" };

  beforeEach(() => tell({ Region: "eu-central-1", ImageRepositoryUri: "1.ecr.example/movie-store" }));

  function registryHasIt(has: boolean): void {
    fakes.add("aws", { "ecr get-login-password": { says: "secret" } });
    fakes.add("docker", {
      [`${INSPECT} ghcr.io`]: { says: `{"digest":"${DIGEST}"}` },
      [`${INSPECT} 1.ecr.example`]: { code: has ? 0 : 1 },
    });
  }

  test("copies what the release workflow of that tag has signed, and prints its name by digest", async () => {
    registryHasIt(false);
    fakes.add("cosign");
    const { code, stdout } = await run("take-image", ["1.2.3"], environment);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `1.ecr.example/movie-store@${DIGEST}\n` });
    expect(fakes.calls()).toContain(
      `cosign verify ghcr.io/acme/movie-store@${DIGEST} --certificate-identity https://github.com/Acme/films/.github/workflows/release.yml@refs/tags/v1.2.3 `,
    );
    expect(fakes.calls()).toContain(
      `cosign copy ghcr.io/acme/movie-store@${DIGEST} 1.ecr.example/movie-store:1.2.3`,
    );
  });

  test("copies nothing that is there already", async () => {
    registryHasIt(true);
    fakes.add("cosign");
    expect(await run("take-image", ["1.2.3"], environment)).toMatchObject({ code: 0 });
    expect(fakes.calls()).not.toContain("cosign copy");
  });

  test("takes nothing whose signature does not hold", async () => {
    registryHasIt(false);
    fakes.add("cosign", { verify: { code: 1 } });
    expect(await run("take-image", ["1.2.3"], environment)).toMatchObject({ code: 1, stdout: "" });
    expect(fakes.calls()).not.toContain("cosign copy");
  });

  test("says which output is missing", async () => {
    tell({ Region: "eu-central-1" });
    const { code, stderr } = await run("take-image", ["1.2.3"], environment);
    expect(code).not.toBe(0);
    expect(stderr).toContain("there is no output ImageRepositoryUri");
  });
});

describe("roll-out", () => {
  let server: Server;
  let isWell: boolean[];

  beforeEach(async () => {
    isWell = [];
    // One smoke test asks for the first page once.
    let isWellNow = true;
    server = createServer(({ url, headers }, response) => {
      if (url === "/v1/movies?limit=1" && isWell.length > 0) isWellNow = isWell.shift() ?? true;
      const status = url === "/v1/movies?limit=0" ? 400 : headers["x-api-key"] === undefined ? 401 : 200;
      const body = isWellNow ? { movies: [], values: [], version: 0, code: "invalid-parameter" } : {};
      response.writeHead(status, { etag: '"1"' }).end(JSON.stringify(body));
    }).listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as AddressInfo;
    tell({ Region: "eu-central-1", ClusterName: "films", ApiUrl: `http://127.0.0.1:${port}` });
    fakes.add("aws", { "secretsmanager get-secret-value": { says: "a-secret-key" } });
  });
  afterEach(() => void server.close());

  function cluster(answers: Parameters<FakePrograms["add"]>[1] = {}): void {
    fakes.add("kubectl", {
      kustomize: { says: "apiVersion: batch/v1\nkind: Job\nmetadata:\n" },
      [REVISION]: { says: ["7", "8"] },
      [REPLICAS]: { says: "6" },
      [CRONJOB]: { says: "registry/movie-store@sha256:old" },
      ...answers,
    });
  }

  test("ends well when the pods come and answer", async () => {
    cluster();
    const { code, stdout } = await run("roll-out", ["staging"]);
    expect(stdout).toContain("answers as it should");
    expect(code).toBe(0);
    expect(fakes.calls()).toContain("aws eks update-kubeconfig --region eu-central-1 --name films");
    expect(fakes.calls()).toContain("--secret-id movie-store/staging/consumers/smoke-test/first");
    expect(fakes.calls()).not.toContain("undo");
  });

  test("goes back to the pods of before when the new ones do not come", async () => {
    cluster({ "--namespace movie-store rollout status": { code: 1 } });
    expect(await run("roll-out", ["staging"])).toMatchObject({ code: 1 });
    expect(fakes.calls()).toContain(`kubectl ${UNDO}\n`);
    expect(fakes.calls()).toContain(
      "set image cronjob/movie-store-reconcile *=registry/movie-store@sha256:old\n",
    );
  });

  test("goes back when the new ones do not answer as they should, and looks whether the old ones do", async () => {
    isWell = [false, true];
    cluster();
    const { code, stdout, stderr } = await run("roll-out", ["staging"]);
    expect(stderr).toContain("a page has no list of films");
    expect(stdout).toContain("the pods are those of before again");
    expect(fakes.calls()).toContain(`kubectl ${UNDO}\n`);
    expect(code).toBe(1);
  });

  test("says so when the old ones do not answer either", async () => {
    isWell = [false, false];
    cluster();
    const { code, stdout } = await run("roll-out", ["staging"]);
    expect(stdout).not.toContain("the pods are those of before again");
    expect(code).toBe(1);
  });

  test.each([
    ["a migration that fails leaves the pods alone", "7"],
    ["there is nothing to go back to at the first deployment", ""],
  ])("%s", async (_, revision) => {
    cluster({
      [REVISION]: { says: revision },
      "--namespace movie-store wait job movie-store-migrate --for=condition=Complete": { code: 1 },
    });
    expect(await run("roll-out", ["staging"])).toMatchObject({ code: 1 });
    expect(fakes.calls()).not.toContain("undo");
  });

  test("asks nobody in a region that waits", async () => {
    cluster({ [REPLICAS]: { says: "0" } });
    const { code, stdout } = await run("roll-out", ["second-region"]);
    expect(stdout).toContain("a region that waits");
    expect(code).toBe(0);
  });

  test("takes the key from the stage that the consumers' keys are of", async () => {
    cluster();
    await run("roll-out", ["second-region"], { SMOKE_TEST_STAGE: "production" });
    expect(fakes.calls()).toContain("--secret-id movie-store/production/consumers/smoke-test/first");
  });
});
