import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { filePieces } from "./file-pieces.ts";
import { type ImportOptions, importFiles } from "./files.ts";
import { batchesOf, objectsOf } from "./objects.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "movie-store-import-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function put(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await utimes(path, 1_700_000_000, 1_700_000_000);
  return path;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function keysOf(argument: string, options?: ImportOptions): Promise<string[]> {
  const keys: string[] = [];
  for await (const file of importFiles(argument, options))
    keys.push(...(await all(objectsOf(file, "providers/"))).map(({ key }) => key));
  return keys;
}

describe("the provider", () => {
  test("is the one that was given, whatever the path says", async () => {
    const path = await put("providers/acme/deep/a.json", "{}");
    expect(await keysOf(path, { provider: "other" })).toEqual(["providers/other/a.json"]);
    expect(await keysOf(folder, { provider: "other" })).toEqual([
      "providers/other/providers/acme/deep/a.json",
    ]);
  });

  test("is the folder below one called providers, from wherever the path is given", async () => {
    const path = await put("providers/acme/deep/a.json", "{}");
    for (const argument of [path, dirname(path), join(folder, "providers"), folder])
      expect(await keysOf(argument)).toEqual(["providers/acme/deep/a.json"]);
  });

  test("is else the first folder below the folder, and local where there is none", async () => {
    await put("acme/deep/a.json", "{}");
    await put("b.json", "{}");
    expect(await keysOf(folder)).toEqual(["providers/acme/deep/a.json", "providers/local/b.json"]);
    expect(await keysOf(join(folder, "acme/deep/a.json"))).toEqual(["providers/local/a.json"]);
  });

  test.each(["", "a/b", "../x", "-x", "x".repeat(65), "a b"])("can't be called %j", async (provider) => {
    await put("a.json", "{}");
    await expect(keysOf(folder, { provider })).rejects.toThrow(/^--provider: /);
  });
});

describe("the files", () => {
  test("of a folder come in the order of their keys; hidden ones, links and others are left out", async () => {
    for (const name of ["a/b.json", "a-b/c.json", "a0/x.csv.gz", "z.NDJSON", "a/n.jsonl"])
      await put(name, "{}");
    for (const name of ["README.md", "a/.b.json", ".git/x.json", "a/b.json.tmp"]) await put(name, "{}");
    await symlink(folder, join(folder, "loop"));
    const files = await all(importFiles(folder));
    expect(files.map(({ name, provider, form }) => `${provider} ${name} ${form}`)).toEqual([
      "a-b c.json json",
      "a b.json json",
      "a n.jsonl ndjson",
      "a0 x.csv.gz csv",
      "local z.NDJSON ndjson",
    ]);
  });

  test("of another name need a format", async () => {
    const path = await put("films.txt", "{}\n{}");
    await expect(keysOf(path)).rejects.toThrow(/films\.txt: .*--format/);
    expect(await keysOf(path, { form: "ndjson" })).toEqual([
      "providers/local/films.txt#1",
      "providers/local/films.txt#2",
    ]);
  });

  test("have to be there, and no addresses", async () => {
    await expect(keysOf(join(folder, "none"))).rejects.toThrow(/there is no such file or folder/);
    await expect(keysOf("s3://bucket/prefix")).rejects.toThrow(
      /^s3:\/\/bucket\/prefix: has to be a file or a folder/,
    );
  });
});

describe("the objects", () => {
  async function objects(name: string, content: string | Uint8Array, options: ImportOptions = {}) {
    const path = await put(name, content);
    const found: (readonly [key: string, bytes: string, fault: string | undefined])[] = [];
    for await (const file of importFiles(path, options)) {
      for await (const { key, bytes, fault } of objectsOf(file, "providers/"))
        found.push([key.slice("providers/local/".length), Buffer.from(bytes).toString(), fault?.code]);
    }
    return found;
  }

  const lines = '{"title":"A"}\n\n{"title":"B"}';
  const list = '[{"title":"A"}, {"title":"B","title":"C"}]';
  const csv = "title\nA\nB\n";

  test.each(["", ".gz"])("of a list, of lines and of rows are one for each film%s", async (ending) => {
    const packed = (text: string) => (ending === "" ? text : gzipSync(text));
    expect(await objects(`f.json${ending}`, packed(list))).toEqual([
      [`f.json${ending}#1`, '{"title":"A"}', undefined],
      [`f.json${ending}#2`, '{"title":"B","title":"C"}', undefined],
    ]);
    expect(await objects(`f.ndjson${ending}`, packed(lines))).toEqual([
      [`f.ndjson${ending}#1`, '{"title":"A"}', undefined],
      [`f.ndjson${ending}#3`, '{"title":"B"}', undefined],
    ]);
    expect(await objects(`f.csv${ending}`, packed(csv))).toEqual([
      [`f.csv${ending}#1.csv`, "title\nA\n", undefined],
      [`f.csv${ending}#2.csv`, "title\nB\n", undefined],
    ]);
  });

  test("of a lone film is the file as it lies there, compressed or not", async () => {
    expect(await objects("f.json", '\ufeff{"title":"A"}\n')).toEqual([
      ["f.json", '\ufeff{"title":"A"}\n', undefined],
    ]);
    const packed = gzipSync('{"title":"A"}');
    expect(await objects("f.json.gz", packed)).toEqual([["f.json.gz", packed.toString(), undefined]]);
  });

  test.each(["f.json", "f.csv"])("of an empty %s is the file, so that it is seen", async (name) => {
    expect(await objects(name, "")).toEqual([[name, "", undefined]]);
  });

  test("of a list that breaks off is one, and none of its films", async () => {
    const broken = '[{"title":"A"},{"title":"B"},{';
    expect(await objects("f.json", broken)).toEqual([["f.json", broken, undefined]]);
    expect(await objects("f.json.gz", gzipSync(broken))).toEqual([["f.json.gz", "", "bad-json"]]);
    expect(await objects("f.json", `[${'{"title":"A"},'.repeat(100_000)}`)).toEqual([
      ["f.json", "", "bad-json"],
    ]);
  });

  test("of a lone film over 1 MiB is one without bytes", async () => {
    expect(await objects("f.json", `{"title":"${"x".repeat(1_048_576)}"}`)).toEqual([
      ["f.json", "", "too-large"],
    ]);
  });

  test.each([
    ["f.ndjson.gz", lines],
    ["f.json.gz", list],
    ["f.csv.gz", csv],
  ])("of a %s that is cut off end in one that says so", async (name, text) => {
    const whole = gzipSync(text);
    expect((await objects(name, whole.subarray(0, -4))).at(-1)).toEqual([name, "", "bad-encoding"]);
  });

  test("have the same versions when the same file is given again, and new ones when it was changed", async () => {
    const versions = async (text: string, second: number) => {
      const path = await put("f.ndjson", text);
      await utimes(path, second, second);
      const [file] = await all(importFiles(path));
      return file === undefined ? [] : (await all(objectsOf(file, ""))).map((object) => object.versionId);
    };
    const first = await versions("{}\n[]", 1_000);
    expect(first[0]).toMatch(/^1000000000000-[0-9a-f]{16}$/);
    expect(await versions("{}\n[]", 1_000)).toEqual(first);
    const second = await versions("{}\n[]", 2_000);
    expect(new Set([...first, ...second]).size).toBe(4);
    expect((await versions("{}\n1", 1_000))[0]).toBe(first[0]);
    expect((await versions("{}\n1", 1_000))[1]).not.toBe(first[1]);
  });

  test("are dated by the file", async () => {
    const [file] = await all(importFiles(await put("f.json", "{}")));
    if (file === undefined) throw new Error("no file");
    expect(await all(objectsOf(file, ""))).toMatchObject([
      { bucket: "import", eventTimeMs: 1_700_000_000_000 },
    ]);
  });

  test("come in batches that are bounded by number and by size", async () => {
    const path = await put("f.ndjson", `${"{}\n".repeat(5)}${`"${"x".repeat(1_000_000)}"\n`.repeat(10)}`);
    const [file] = await all(importFiles(path));
    if (file === undefined) throw new Error("no file");
    const sizes = async (size: number) =>
      (await all(batchesOf(objectsOf(file, ""), size))).map((batch) => batch.length);
    expect(await sizes(2)).toEqual([2, 2, 2, 2, 2, 2, 2, 1]);
    expect(await sizes(500)).toEqual([5 + 9, 1]);
  });

  test("of a long file are read as a stream: the first comes before the file has been read", async () => {
    const path = await put("f.ndjson", `{}\n${"x".repeat(1_000)}\n`.repeat(2_000));
    let readBytes = 0;
    const pieces = filePieces(path, "ndjson", (bytes) => {
      readBytes += bytes;
    });
    await pieces.next();
    expect(readBytes).toBeGreaterThan(0);
    expect(readBytes).toBeLessThan(1_000_000);
    await pieces.return(undefined);
  });
});
