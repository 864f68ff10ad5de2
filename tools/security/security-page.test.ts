import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const repository = resolve(import.meta.dirname, "../..");
const PAGE = readFileSync(join(repository, "SECURITY.md"), "utf8");

/** What the page names and is not there: files, and tests of a file by words of their names. */
function faultsOf(page: string): readonly string[] {
  const faults: string[] = [];
  for (const [, path = "", words] of page.matchAll(
    /`((?:packages|e2e|tools|docs)\/[\w./-]+)`(?: "([^"]+)")?/g,
  )) {
    const place = join(repository, path);
    if (!existsSync(place)) faults.push(`no ${path}`);
    else if (words !== undefined && !readFileSync(place, "utf8").includes(words))
      faults.push(`no test "${words}" in ${path}`);
  }
  for (const [, path = ""] of page.matchAll(/\]\(([\w./-]+)\)/g))
    if (!existsSync(join(repository, path))) faults.push(`no ${path}`);
  return faults;
}

function rowsBelow(heading: string): readonly (readonly string[])[] {
  const [, section = ""] = PAGE.split(`\n## ${heading}\n`);
  const [ownSection = ""] = section.split("\n## ");
  const rows = ownSection.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) => row.split(" | ").map((cell) => cell.replace(/^\| |\|$/g, "").trim()));
}

describe("SECURITY.md", () => {
  test("names nothing that is not there", () => {
    expect(faultsOf(PAGE)).toEqual([]);
  });

  test("names for each limit where it is set and a test that shows it", () => {
    const rows = rowsBelow("Limits");
    expect(rows.length).toBeGreaterThan(15);
    for (const [limit, , setIn, shownBy] of rows) {
      expect(setIn, limit).toMatch(/`packages\/\S+\.ts`/);
      expect(shownBy, limit).toMatch(/(\.test\.ts|-contract\.ts)`/);
    }
  });

  test("names for each of 25 bad inputs a test by its name", () => {
    const rows = rowsBelow("Bad inputs");
    expect(rows.map(([number]) => Number(number))).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
    for (const row of rows) expect(row.at(-1), row[1]).toMatch(/\.test\.ts` "[^"]+"/);
  });

  test.each([
    ["`packages/core/src/no-such.test.ts`", "no packages/core/src/no-such.test.ts"],
    [
      '`packages/core/src/json.test.ts` "flies to the moon"',
      'no test "flies to the moon" in packages/core/src/json.test.ts',
    ],
    ["[there](docs/nowhere.md)", "no docs/nowhere.md"],
  ])("with %s is found out", (planted, fault) => {
    expect(faultsOf(`${PAGE}\n${planted}\n`)).toEqual([fault]);
  });
});
