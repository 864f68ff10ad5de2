import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readWorkspaces } from "../images/workspaces.ts";

interface Locked {
  readonly version?: string;
  readonly link?: true;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const repository = resolve(import.meta.dirname, "../..");
const { packages: locked } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** Where Node finds a package that is asked for in a folder. */
function placeOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const place = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const found = locked[place];
    if (found !== undefined) return found.link === true ? found.resolved : place;
    if (folder === "") return undefined;
  }
}

/** Everything that these folders need when they run, with its version. */
function needsOf(folders: readonly string[]): ReadonlySet<string> {
  const [seen, needs] = [new Set<string>(), new Set<string>()];
  const visit = (place: string): void => {
    if (seen.has(place)) return;
    seen.add(place);
    const { dependencies, optionalDependencies } = locked[place] ?? {};
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = placeOf(name, place);
      if (found === undefined) continue;
      needs.add(`${name}@${locked[found]?.version}`);
      visit(found);
    }
  };
  for (const folder of folders) visit(folder);
  return needs;
}

interface Component {
  readonly "bom-ref": string;
  readonly purl?: string;
  readonly licenses?: readonly unknown[];
}

describe("the bill of materials", () => {
  let bill: {
    readonly bomFormat: string;
    readonly specVersion: string;
    readonly components: readonly Component[];
  };
  let refs: readonly string[];

  beforeAll(() => {
    const script = join(import.meta.dirname, "bill-of-materials.ts");
    bill = JSON.parse(execFileSync(process.execPath, [script], { encoding: "utf8", maxBuffer: 2 ** 28 }));
    refs = bill.components.map((component) => component["bom-ref"]);
  });

  test("is CycloneDX", () => {
    expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5" });
    expect(bill).toMatchObject({ metadata: { component: { name: "movie-store" } } });
    for (const component of bill.components) expect(component.purl).toMatch(/^pkg:npm\//);
  });

  test("has all that the published packages need when they run, in the versions of the lock file", () => {
    const folders = readWorkspaces(repository).flatMap(({ folder, isPrivate }) =>
      isPrivate ? [] : [folder],
    );
    const needs = needsOf(folders);
    expect(needs.size).toBeGreaterThan(100);
    expect([...needs].filter((need) => !refs.includes(need))).toEqual([]);
    for (const name of ["mysql2", "ioredis", "koa", "@aws-sdk/client-s3"])
      expect(refs.some((ref) => ref.startsWith(`${name}@`))).toBe(true);
  });

  test("has nothing that is only for development", () => {
    for (const name of ["vitest", "nx", "typescript", "playwright-core", "aws-cdk-lib"])
      expect(refs.filter((ref) => ref.startsWith(`${name}@`))).toEqual([]);
  });
});
