import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readWorkspaces } from "../images/workspaces.ts";
import { FakePrograms } from "../testing/fake-programs.ts";

const repository = resolve(import.meta.dirname, "../..");
const URL_OF_REPOSITORY = "https://github.com/acme/films";

let fakes: FakePrograms;
let copy: string;

beforeEach(() => {
  fakes = new FakePrograms();
  copy = mkdtempSync(join(tmpdir(), "movie-store-release-"));
  const manifests = readWorkspaces(repository).map(({ folder }) => `${folder}/package.json`);
  const others = ["package.json", "package-lock.json", ".npmrc", "e2e/package.json", "bench/package.json"];
  const docker = ["packages/http-koa/Dockerfile", "tools/release"];
  for (const path of [...manifests, ...others, ...docker]) {
    cpSync(join(repository, path), join(copy, path), { recursive: true });
  }
});
afterEach(() => {
  fakes.remove();
  rmSync(copy, { recursive: true });
});

const setVersion = (version: string, url = URL_OF_REPOSITORY) =>
  fakes.run(process.execPath, [join(copy, "tools/release/set-version.ts"), version, url]);
const readJson = (path: string) => JSON.parse(readFileSync(join(copy, path), "utf8"));

describe("set-version", () => {
  test("gives packages and lock file the version, and names the repository that the provenance names", async () => {
    expect(await setVersion("1.2.3")).toMatchObject({ code: 0, stderr: "" });
    expect(readJson("packages/cli/package.json")).toMatchObject({
      version: "1.2.3",
      repository: { type: "git", url: `git+${URL_OF_REPOSITORY}.git`, directory: "packages/cli" },
      dependencies: { "@movie-store/core": "1.2.3", commander: expect.not.stringMatching("1.2.3") },
    });
    expect(readJson("package-lock.json").packages["packages/cli"]).toMatchObject({
      version: "1.2.3",
      dependencies: { "@movie-store/core": "1.2.3" },
    });
    const lock = readFileSync(join(copy, "package-lock.json"), "utf8");
    expect(lock.match(/"@movie-store\/[\w-]+": "0\.0\.0"/g)).toBeNull();
  });

  test("leaves what `npm ci` takes", { timeout: 60_000 }, async () => {
    await setVersion("1.2.3");
    const options = ["ci", "--dry-run", "--offline", "--ignore-scripts", "--no-audit"];
    expect(() => execFileSync("npm", options, { cwd: copy, stdio: "pipe" })).not.toThrow();
    // As it would be if the tests still asked for packages of 0.0.0.
    cpSync(join(repository, "e2e/package.json"), join(copy, "e2e/package.json"));
    expect(() => execFileSync("npm", options, { cwd: copy, stdio: "pipe" })).toThrow();
  });

  test.each([
    ["v1.2.3", URL_OF_REPOSITORY, '"v1.2.3" is no version'],
    ["1.2", URL_OF_REPOSITORY, '"1.2" is no version'],
    ["1.2.3", "github.com/acme", '"github.com/acme" is no address of a repository'],
  ])("refuses %s of %s", async (version, url, complaint) => {
    expect(await setVersion(version, url)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(complaint),
    });
    expect(readJson("packages/cli/package.json").version).toBe("0.0.0");
  });
});

describe("publish-packages", () => {
  const publish = () => fakes.run(join(copy, "tools/release/publish-packages"), []);

  test("publishes with provenance what is not private and not there already", async () => {
    await setVersion("1.2.3");
    fakes.add("npm", { "view @movie-store/core@1.2.3 version": { says: "1.2.3" }, view: { code: 1 } });
    expect(await publish()).toMatchObject({ code: 0, stdout: "@movie-store/core 1.2.3 is there already\n" });
    const published = fakes.calls().match(/^npm publish .*$/gm);
    const isPublic = ({ folder }: { folder: string }) => readJson(`${folder}/package.json`).private !== true;
    expect(published).toEqual(
      readWorkspaces(repository)
        .filter((workspace) => isPublic(workspace) && workspace.name !== "@movie-store/core")
        .toSorted((a, b) => (a.folder < b.folder ? -1 : 1))
        .map(({ name }) => `npm publish --workspace ${name} --access public --provenance`),
    );
  });

  test("publishes nothing that has no version", async () => {
    fakes.add("npm");
    expect(await publish()).toMatchObject({ code: 1, stderr: expect.stringContaining("has no version yet") });
    expect(fakes.calls()).not.toContain("npm publish");
  });
});

describe("push-image", () => {
  const [node, runtime, pushed] = ["a", "b", "c"].map((letter) => `sha256:${letter.repeat(64)}`);
  const push = () =>
    fakes.run(
      join(copy, "tools/release/push-image"),
      ["packages/http-koa/Dockerfile", "ghcr.io/acme/movie-store", "1.2.3"],
      { GITHUB_SERVER_URL: "https://github.com", GITHUB_REPOSITORY: "acme/films" },
    );

  beforeEach(() => {
    fakes.add("git", { "rev-parse HEAD": { says: "abc123" }, "log -1": { says: "1700000000" } });
  });

  test("builds on bases by digest, dated by the commit, with contents and provenance, and prints the digest", async () => {
    fakes.add("docker", {
      "buildx imagetools inspect docker.io/library/node:": { says: `{"digest":"${node}"}` },
      "buildx imagetools inspect gcr.io/": { says: `{"digest":"${runtime}"}` },
    });
    writeMetadata(`{"containerimage.digest":"${pushed}"}`);
    const { code, stdout, stderr } = await push();
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `ghcr.io/acme/movie-store@${pushed}\n`,
      stderr: "",
    });
    const build = /^docker buildx build .*$/m.exec(fakes.calls())?.[0].split(" ");
    expect(build).toEqual(
      expect.arrayContaining([
        expect.stringMatching(`^--build-arg=NODE_IMAGE=docker.io/library/node:[\\w.-]+@${node}$`),
        expect.stringMatching(`^--build-arg=RUNTIME_IMAGE=gcr.io/[\\w./-]+:nonroot@${runtime}$`),
        "--build-arg=SOURCE_DATE_EPOCH=1700000000",
        "--build-arg=REVISION=abc123",
        "--build-arg=VERSION=1.2.3",
        "--build-arg=SOURCE=https://github.com/acme/films",
        "--sbom=true",
        "--provenance=mode=max",
        "type=image,name=ghcr.io/acme/movie-store:1.2.3,push=true,rewrite-timestamp=true",
      ]),
    );
  });

  test("pushes nothing when a base has no digest", async () => {
    fakes.add("docker", { "buildx imagetools inspect": { code: 1 } });
    expect(await push()).toMatchObject({ stdout: "" });
    expect(fakes.calls()).not.toContain("buildx build");
  });

  /** What Docker writes into the file that it is given, which mktemp names. */
  function writeMetadata(text: string): void {
    const path = join(copy, "metadata.json");
    writeFileSync(path, text);
    fakes.add("mktemp", { "": { says: path } });
  }
});

test("real-films makes a film a line of every decade", async () => {
  const source = join(copy, "source");
  mkdirSync(source);
  for (let decade = 190; decade <= 200; decade += 1) {
    writeFileSync(
      join(source, `movies-${decade}0s.json`),
      JSON.stringify([{ title: "A" }, { title: `${decade}` }]),
    );
  }
  const git = (...options: string[]) => execFileSync("git", options, { cwd: source, encoding: "utf8" });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "films");
  const environment = { REAL_FILMS_SOURCE: source, REAL_FILMS_REVISION: git("rev-parse", "HEAD").trim() };
  const script = join(repository, "tools/real-films");
  expect(await fakes.run(script, [join(copy, "films")], environment)).toMatchObject({ code: 0 });
  expect(readFileSync(join(copy, "films/movies-1990s.ndjson"), "utf8")).toBe(
    '{"title":"A"}\n{"title":"199"}\n',
  );
});
