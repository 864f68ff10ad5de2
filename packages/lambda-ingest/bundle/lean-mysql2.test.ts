import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { errorTable, leanMysql2 } from "./lean-mysql2.ts";

const require = createRequire(import.meta.url);
const mysql2 = dirname(require.resolve("mysql2/package.json"));

function evaluated(code: string): object {
  const module = { exports: {} };
  new Function("module", "exports", "require", code)(module, module.exports, require);
  return module.exports;
}

test("the shortened table of errors says what the whole one does", () => {
  const whole = require(join(mysql2, "lib/constants/errors.js")) as object;
  expect(evaluated(errorTable(whole))).toEqual(whole);
  expect(errorTable(whole).length).toBeLessThan(100_000);
});

describe("mysql2's strings in a bundle", () => {
  interface Strings {
    decode(bytes: Buffer, encoding: string, start: number, end: number): string;
    encode(text: string, encoding: string): Buffer;
  }

  async function bundled(): Promise<{ readonly code: string; readonly strings: Strings }> {
    const entry = join(mysql2, "lib/parsers/string.js");
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      format: "cjs",
      platform: "node",
      write: false,
      plugins: [leanMysql2],
    });
    const code = outputFiles[0]?.text ?? "";
    return { code, strings: evaluated(code) as Strings };
  }

  test("what a server of another character set says with an acknowledgement is read", async () => {
    const { code, strings } = await bundled();
    expect(code).not.toContain("iconv");
    const said = Buffer.from("Rows matched: 1  Changed: 1, amélie");
    for (const encoding of ["cesu8", "gbk", "sjis", "cp1250", "utf32"]) {
      expect(strings.decode(said, encoding, 0, said.length)).toBe("Rows matched: 1  Changed: 1, amélie");
    }
  });

  test("texts are not sent in another character set than Node knows", async () => {
    const { strings } = await bundled();
    expect(strings.encode("amélie", "utf8")).toEqual(Buffer.from("amélie"));
    expect(() => strings.encode("amélie", "gbk")).toThrow("can't be sent as gbk");
  });
});
