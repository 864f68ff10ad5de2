import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

// A linter that reads nothing passes. So each boundary is broken once, in a copy of the tree, and the very
// rule that guards it has to complain.

const repository = resolve(import.meta.dirname, "..");
const packages = ["core", "adapters", "explorer", "http-koa", "client", "lambda-ingest", "cli", "aws-stack"];
let copy: string;

beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), "movie-store-boundaries-"));
  const files = ["biome.json", "package.json", "tsconfig.base.json", ".gitignore"];
  for (const name of packages) files.push(`packages/${name}/package.json`);
  for (const file of files) await cp(join(repository, file), join(copy, file));
});

afterEach(async () => {
  await rm(copy, { recursive: true, force: true });
});

interface Violation {
  readonly name: string;
  readonly rule: string;
  /** Path to content; the rule has to complain about the first. */
  readonly files: Readonly<Record<string, string>>;
}

const violations: readonly Violation[] = [
  ...["core", "client"].map((name) => ({
    name: `${name} imports node:fs`,
    rule: "lint/correctness/noNodejsModules",
    files: {
      [`packages/${name}/src/planted.ts`]:
        'import { readFileSync } from "node:fs";\n\nexport const text = readFileSync("x");\n',
    },
  })),
  restrictedImport("core", "tsyringe"),
  restrictedImport("core", "@movie-store/adapters/sqlite"),
  restrictedImport("core/testing", "@movie-store/core"),
  restrictedImport("adapters/sqlite", "../directory/index.ts"),
  restrictedImport("adapters/directory", "../sqlite/database.ts"),
  restrictedImport("adapters/sqlite/migrations", "../../directory/index.ts"),
  restrictedImport("adapters/sqlite", "@movie-store/adapters/directory"),
  restrictedImport("adapters/sqlite", "tsyringe"),
  restrictedImport("adapters/sqlite", "pino"),
  restrictedImport("adapters/mysql", "prom-client"),
  restrictedImport("core", "@opentelemetry/api"),
  restrictedImport("adapters/sqlite", "@movie-store/http-koa"),
  restrictedImport("client", "@movie-store/core"),
  restrictedImport("client", "../../http-koa/src/problem.ts"),
  plantedImport("packages/explorer/page/film", "@movie-store/http-koa"),
  plantedImport("packages/explorer/page/film", "@movie-store/core/testing"),
  plantedImport("packages/explorer/page/film", "../../src/bundle.ts"),
  plantedImport("packages/aws-stack/src/data", "@movie-store/core"),
  plantedImport("packages/aws-stack/src/data", "../../../core/src/index.ts"),
  {
    name: "the page imports node:fs",
    rule: "lint/correctness/noNodejsModules",
    files: {
      "packages/explorer/page/planted.tsx":
        'import { readFileSync } from "node:fs";\n\nexport const text = readFileSync("x");\n',
    },
  },
  {
    name: "two files import each other",
    rule: "lint/suspicious/noImportCycles",
    files: {
      "packages/core/src/planted.ts": 'import { b } from "./planted-too.ts";\n\nexport const a = () => b;\n',
      "packages/core/src/planted-too.ts": 'import { a } from "./planted.ts";\n\nexport const b = () => a;\n',
    },
  },
  {
    name: "a package imports what it does not declare",
    rule: "lint/correctness/noUndeclaredDependencies",
    files: {
      "packages/cli/src/planted.ts": 'import Koa from "koa";\n\nexport const app = new Koa();\n',
    },
  },
  {
    name: "a promise is left alone",
    rule: "lint/nursery/noFloatingPromises",
    files: {
      "packages/adapters/src/sqlite/planted.ts":
        "async function write(): Promise<void> {}\n\nexport function forget(): void {\n  write();\n}\n",
    },
  },
  {
    name: "an adapter reads the environment",
    rule: "lint/style/noProcessEnv",
    files: {
      "packages/adapters/src/sqlite/planted.ts": "export const home = process.env.HOME;\n",
    },
  },
  {
    name: "an adapter prints",
    rule: "lint/suspicious/noConsole",
    files: {
      "packages/adapters/src/sqlite/planted.ts": 'console.log("here");\n',
    },
  },
];

describe("biome complains when", () => {
  test.each(violations)("$name", async ({ rule, files }) => {
    const [planted] = await plant(files);
    expect(await lint(planted)).toContain(rule);
  });
});

test.each([
  ["packages/core/src", 'export * as z from "zod";\n'],
  [
    "packages/adapters/src/sqlite",
    'export * as core from "@movie-store/core";\nexport * from "../rows.ts";\n',
  ],
  ["packages/explorer/page/film", 'export type * from "@movie-store/core";\n'],
  ["packages/http-koa/src", 'export { container } from "tsyringe";\nexport const env = process.env;\n'],
])("biome is content with what %s may do", async (directory, content) => {
  const [planted] = await plant({ [`${directory}/planted.ts`]: content });
  expect(await lint(planted)).toEqual([]);
});

describe("core does not compile when it uses", () => {
  test.each(["process", "Buffer", "setTimeout", "console", "fetch"])("%s", async (name) => {
    expect(await compileIn("core", `export const planted = ${name};\n`)).toContain(
      `Cannot find name '${name}'`,
    );
  });
});

test("core compiles when it uses the language alone", async () => {
  expect(await compileIn("core", "export const planted = new Map<string, bigint>();\n")).toBe("");
});

describe("the client does not compile when it uses", () => {
  test.each(["process", "Buffer", "setImmediate"])("%s", async (name) => {
    expect(await compileIn("client", `export const planted = ${name};\n`)).toContain(
      `Cannot find name '${name}'`,
    );
  });

  test("what Node 20 does not have", async () => {
    const content = "export const planted = Promise.withResolvers<void>();\n";
    expect(await compileIn("client", content)).toContain("Property 'withResolvers' does not exist");
  });
});

test("the client compiles when it uses what browsers have too", async () => {
  expect(await compileIn("client", "export const planted = fetch(location.href);\n")).toBe("");
});

function restrictedImport(from: string, specifier: string): Violation {
  const [name = "", ...folders] = from.split("/");
  return plantedImport(["packages", name, "src", ...folders].join("/"), specifier);
}

function plantedImport(folder: string, specifier: string): Violation {
  return {
    name: `${folder} imports ${specifier}`,
    rule: "lint/style/noRestrictedImports",
    files: { [`${folder}/planted.ts`]: `export * from "${specifier}";\n` },
  };
}

async function plant(files: Readonly<Record<string, string>>): Promise<[string, ...string[]]> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), content);
  }
  return Object.keys(files) as [string, ...string[]];
}

/** The rules that complain about one file. */
async function lint(path: string): Promise<string[]> {
  const output = await run("@biomejs/biome/bin/biome", ["lint", "--reporter=json", path]);
  const { diagnostics } = JSON.parse(output) as { diagnostics: { category: string }[] };
  return diagnostics.map((diagnostic) => diagnostic.category);
}

/** What the compiler says about one file among the sources of a package. */
async function compileIn(name: string, content: string): Promise<string> {
  const folder = `packages/${name}`;
  for (const path of [`${folder}/src`, `${folder}/tsconfig.lib.json`]) {
    await cp(join(repository, path), join(copy, path), { recursive: true });
  }
  await symlink(join(repository, "node_modules"), join(copy, "node_modules"));
  await plant({ [`${folder}/src/planted.ts`]: content });
  const output = await run("@typescript/native/bin/tsc", [
    "-p",
    `${folder}/tsconfig.lib.json`,
    "--pretty",
    "false",
  ]);
  return output
    .split("\n")
    .filter((line) => line.startsWith(`${folder}/src/planted.ts`))
    .join("\n");
}

/** The standard output of a program of node_modules, whatever its exit code. */
function run(program: string, options: readonly string[]): Promise<string> {
  const script = join(repository, "node_modules", program);
  return new Promise((done) => {
    execFile(process.execPath, [script, ...options], { cwd: copy }, (_error, stdout) => done(stdout));
  });
}
