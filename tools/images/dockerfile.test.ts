import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { dockerfileFaults, type Expected } from "./dockerfile-faults.ts";
import { closureOf, readWorkspaces } from "./workspaces.ts";

const repository = resolve(import.meta.dirname, "../..");
const workspaces = readWorkspaces(repository);
const node = JSON.parse(read("package.json")).devDependencies.node as string;

const api: Expected = {
  workspaces: closureOf(["@movie-store/http-koa", "@movie-store/cli"], workspaces),
  node,
  isServer: true,
  isBundled: false,
};
const worker: Expected = {
  workspaces: closureOf(["@movie-store/lambda-ingest"], workspaces),
  node,
  isServer: false,
  isBundled: true,
};

function read(path: string): string {
  return readFileSync(join(repository, path), "utf8");
}

test.each([
  ["packages/http-koa/Dockerfile", api],
  ["packages/lambda-ingest/Dockerfile", worker],
])("%s copies and installs exactly the packages that its image needs, and is confined", (path, expected) => {
  expect(dockerfileFaults(read(path), expected)).toEqual([]);
});

describe("the check of Dockerfiles complains when", () => {
  const good = read("packages/http-koa/Dockerfile");

  test.each([
    [
      "a package.json is not copied",
      /COPY packages\/explorer\/package.json .*\n/,
      "",
      "the package.json files lack packages/explorer",
    ],
    [
      "a package is copied that nobody needs",
      /(?=COPY packages\/cli packages)/,
      "COPY packages/client packages/client\n",
      "the sources need no packages/client",
    ],
    [
      "the sources of a package are not copied",
      /COPY packages\/core packages\/core\n/,
      "",
      "the sources lack packages/core",
    ],
    ["a package is not installed", /(--omit=dev[^&]*) -w @movie-store\/cli/, "$1", "lack @movie-store/cli"],
    [
      "packages are built in another order",
      "core adapters explorer",
      "adapters core explorer",
      "the order of the builds has to be packages/core",
    ],
    [
      "what a package is built to is not copied",
      /COPY .*cli\/dist packages\/cli\/dist\n/,
      "",
      "the image lacks packages/cli/dist",
    ],
    ["files beside it are not copied", /COPY .*cli\/sample.*\n/, "", "the image lacks packages/cli/sample"],
    ["the base is another Node", /node:24[\d.]+/, "node:22.1.0", `no base has Node ${node}`],
    ["a base has no tag", ":nonroot", "", "has no tag but latest"],
    ["a base is the latest", ":nonroot", ":latest", "has no tag but latest"],
    ["the user has a name", "USER 10001:10001", "USER node", "USER is no number but 0"],
    ["the user is root", "USER 10001:10001", "USER 0:0", "USER is no number but 0"],
    ["nobody is named", "USER 10001:10001", "", "USER is no number but 0"],
    [
      "a shell is the first process",
      /^CMD \["node".*/m,
      "CMD node packages/http-koa/dist/main.js",
      "CMD has no exec form",
    ],
    ["the base's own entry point stays", "ENTRYPOINT []", "", "ENTRYPOINT has no exec form"],
    ["nobody asks how it is", /HEALTHCHECK[^\n]*\n[^\n]*\n/, "", "there is no HEALTHCHECK"],
  ] as const)("%s", (_, part, otherwise, complaint) => {
    const broken = good.replace(part, otherwise);
    expect(broken).not.toBe(good);
    expect(dockerfileFaults(broken, api).join("\n")).toContain(complaint);
  });
});
