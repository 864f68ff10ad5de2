import { execFile } from "node:child_process";
import {
  appendFile,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { compareText, MAX_OBJECT_BYTES, MemoryMovieRepository, MovieStore } from "@movie-store/core";
import { updateSourceContract } from "@movie-store/core/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gunzip } from "../gunzip.ts";
import { DirectoryUpdateSource } from "./update-source.ts";

let root: string;
let source: DirectoryUpdateSource;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "movie-store-directory-"));
  source = new DirectoryUpdateSource({ root, settleMs: 0 });
});

afterEach(async () => {
  await source.close();
  await rm(root, { recursive: true, force: true });
});

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

async function keys(prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of source.list(prefix)) found.push(key);
  return found;
}

const at = (key: string) => ({ bucket: "inbox", key });
const textOf = (object: { readonly bytes: Uint8Array }) => Buffer.from(object.bytes).toString();

describe("the directory keeps the contract of a source", () => {
  const cases = updateSourceContract(async () => {
    const folder = await mkdtemp(join(tmpdir(), "movie-store-contract-"));
    // Long enough that two versions with a read in between never fall into one tick of the file system's clock.
    const opened = new DirectoryUpdateSource({ root: folder, settleMs: 20 });
    const pathOf = (key: string) => join(folder, key.slice("providers/".length));
    let puts = 0;
    return {
      source: opened,
      bucket: "inbox",
      put: async (key, bytes) => {
        const unfinished = join(folder, `.${puts++}`);
        await writeFile(unfinished, bytes);
        await mkdir(dirname(pathOf(key)), { recursive: true });
        await rename(unfinished, pathOf(key));
      },
      remove: (key) => rm(pathOf(key)),
      close: async () => {
        await opened.close();
        await rm(folder, { recursive: true });
      },
    };
  });
  for (const each of cases) test(each.name, () => each.run());
});

describe("list", () => {
  test("gives the objects of all folders and leaves out what is none", async () => {
    for (const path of ["acme/a.json", "acme/2024/05/b.json.gz", "b/c.csv", "b/d.CSV.gz", "e.json"])
      await put(path, "{}");
    for (const path of [
      "acme/.a.json",
      "acme/a.json.tmp",
      "acme/a.json.part",
      "acme/a.json~",
      "acme/README.md",
    ])
      await put(path, "{}");
    await put(".hidden/a.json", "{}");
    await promisify(execFile)("mkfifo", [join(root, "acme", "pipe.json")]);
    expect(await keys()).toEqual([
      "providers/acme/2024/05/b.json.gz",
      "providers/acme/a.json",
      "providers/b/c.csv",
      "providers/b/d.CSV.gz",
      "providers/e.json",
    ]);
  });

  test("sorts by the bytes of the whole keys, not folder by folder", async () => {
    for (const path of [
      "a/b.json",
      "a-b/c.json",
      "a.json",
      "a0/b.json",
      "a/b/c.json",
      "é.json",
      "😀.json",
      "ｚ.json",
    ])
      await put(path, "{}");
    const expected = [
      "a-b/c.json",
      "a.json",
      "a/b.json",
      "a/b/c.json",
      "a0/b.json",
      "é.json",
      "ｚ.json",
      "😀.json",
    ];
    expect(await keys()).toEqual(expected.map((path) => `providers/${path}`));
  });

  test("sorts any tree as its keys sort", async () => {
    const name = fc.string({
      unit: fc.constantFrom("a", "b", "-", ".", "0", "é"),
      minLength: 1,
      maxLength: 3,
    });
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `x${names.join("/x")}.json`);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { minLength: 1, maxLength: 12 }), async (paths) => {
        await rm(root, { recursive: true });
        await mkdir(root);
        for (const each of paths) await put(each, "{}");
        expect(await keys()).toEqual(paths.map((each) => `providers/${each}`).sort(compareText));
      }),
      { numRuns: 40 },
    );
  });

  test("narrows to a prefix that ends anywhere", async () => {
    for (const path of ["acme/a.json", "acme/ab.json", "acme/b/c.json", "acme-2/a.json"])
      await put(path, "{}");
    expect(await keys("providers/acme/")).toHaveLength(3);
    expect(await keys("providers/acme")).toHaveLength(4);
    expect(await keys("providers/acme/a")).toEqual(["providers/acme/a.json", "providers/acme/ab.json"]);
    expect(await keys("pro")).toHaveLength(4);
    expect(await keys("other/")).toEqual([]);
  });

  test("fails as unavailable when the folder is missing, and is empty when it is empty", async () => {
    expect(await keys()).toEqual([]);
    await rm(root, { recursive: true });
    await expect(keys()).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("read", () => {
  test("gives the bytes, the time of modification and no sequencer", async () => {
    await put("acme/a.json", '{"title":"Up"}');
    await utimes(join(root, "acme/a.json"), 1_700_000_000.5, 1_700_000_000.5);
    const object = await source.read(at("providers/acme/a.json"));
    expect(object).toMatchObject({ ...at("providers/acme/a.json"), eventTimeMs: 1_700_000_000_500 });
    expect(object.versionId).toMatch(/^1700000000500000000-[0-9a-f]{16}$/);
    expect(object).not.toHaveProperty("sequencer");
    expect(textOf(object)).toBe('{"title":"Up"}');
  });

  test("tells A, B, A as three versions, and one file read twice as one", async () => {
    const versions: (string | undefined)[] = [];
    for (const [second, content] of ["A", "B", "A"].entries()) {
      await put("acme/a.json", content);
      await utimes(join(root, "acme/a.json"), 1000 + second, 1000 + second);
      const first = await source.read(at("providers/acme/a.json"));
      expect(await source.read(at("providers/acme/a.json"))).toEqual(first);
      versions.push(first.versionId);
    }
    expect(new Set(versions).size).toBe(3);
  });

  test("tells two contents of one clock tick apart", async () => {
    const versions = new Set<string | undefined>();
    for (const content of ["A", "B"]) {
      await put("acme/a.json", content);
      await utimes(join(root, "acme/a.json"), 1000, 1000);
      versions.add((await source.read(at("providers/acme/a.json"))).versionId);
    }
    expect(versions.size).toBe(2);
  });

  test("gives a version by its id, and calls any other one gone", async () => {
    await put("acme/a.json", "A");
    const { versionId = "" } = await source.read(at("providers/acme/a.json"));
    expect(textOf(await source.read({ ...at("providers/acme/a.json"), versionId }))).toBe("A");
    await put("acme/a.json", "B");
    expect(await source.read({ ...at("providers/acme/a.json"), versionId })).toMatchObject({
      versionId,
      fault: { code: "gone" },
    });
  });

  test("calls a deleted file gone", async () => {
    await put("acme/a.json", "A");
    await rm(join(root, "acme"), { recursive: true });
    const object = await source.read({ ...at("providers/acme/a.json"), eventTimeMs: 5 });
    expect(object).toMatchObject({ eventTimeMs: 5, fault: { code: "gone" } });
    expect(object.bytes).toHaveLength(0);
  });

  test("takes a file of exactly 1 MiB and does not read one of a byte more", async () => {
    await put("acme/a.json", new Uint8Array(MAX_OBJECT_BYTES));
    expect((await source.read(at("providers/acme/a.json"))).bytes).toHaveLength(MAX_OBJECT_BYTES);
    // A sparse file of a terabyte, which nobody could read here.
    await truncate(join(root, "acme/a.json"), 2 ** 40);
    const object = await source.read(at("providers/acme/a.json"));
    expect(object).toMatchObject({ fault: { code: "too-large" } });
    expect(object.fault?.reason).toContain(String(2 ** 40));
    expect(object.bytes).toHaveLength(0);
  });

  test.each([
    "providers/../a.json",
    "providers/./a.json",
    "providers//a.json",
    "providers/acme/a\0.json",
    "a.json",
  ])("finds nothing under %j", async (key) => {
    await put("a.json", "{}");
    await put("acme/a.json", "{}");
    expect(await source.read(at(key))).toMatchObject({ fault: { code: "gone" } });
  });

  test("finds nothing in another bucket", async () => {
    await put("acme/a.json", "{}");
    const object = await source.read({ bucket: "other", key: "providers/acme/a.json" });
    expect(object).toMatchObject({ bucket: "other", fault: { code: "gone" } });
  });

  test("follows no symbolic links, whether they lead to files or to folders", async () => {
    const outside = await mkdtemp(join(tmpdir(), "movie-store-outside-"));
    try {
      await writeFile(join(outside, "secret.json"), "{}");
      await put("acme/a.json", "{}");
      await symlink(join(outside, "secret.json"), join(root, "acme", "link.json"));
      await symlink(outside, join(root, "linked"));
      await symlink(join(root, "acme"), join(root, "same"));
      expect(await keys()).toEqual(["providers/acme/a.json"]);
      for (const key of ["acme/link.json", "linked/secret.json", "same/a.json"])
        expect(await source.read(at(`providers/${key}`))).toMatchObject({ fault: { code: "gone" } });
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  test("does not wait for the writer of a fifo", async () => {
    await promisify(execFile)("mkfifo", [join(root, "pipe.json")]);
    expect(await source.read(at("providers/pipe.json"))).toMatchObject({ fault: { code: "gone" } });
  });
});

describe("a file that is being written", () => {
  const key = "providers/acme/a.json";

  test("is read when it has stopped growing", async () => {
    const chunks = ['{"title":', '"Metro', 'polis"}'];
    await put("acme/a.json", "");
    const slow = new DirectoryUpdateSource({
      root,
      // A clock far behind the file's: only two equal looks can tell that it is quiet.
      clock: () => 0,
      delay: async () => {
        const chunk = chunks.shift();
        if (chunk !== undefined) await appendFile(join(root, "acme/a.json"), chunk);
      },
    });
    expect(textOf(await slow.read(at(key)))).toBe('{"title":"Metropolis"}');
  });

  test("is not read before the time of quiet is over", async () => {
    await put("acme/a.json", "A");
    const waits: number[] = [];
    let nowMs = Date.now();
    const slow = new DirectoryUpdateSource({
      root,
      settleMs: 60_000,
      clock: () => nowMs,
      delay: async (ms) => {
        waits.push(ms);
        await put("acme/a.json", "B");
        nowMs = Date.now() + 120_000;
      },
    });
    expect(textOf(await slow.read(at(key)))).toBe("B");
    expect(waits).toEqual([60_000]);
  });

  test("is unavailable when it does not stop growing", async () => {
    await put("acme/a.json", "");
    const slow = new DirectoryUpdateSource({
      root,
      clock: () => 0,
      delay: () => appendFile(join(root, "acme/a.json"), "x"),
    });
    await expect(slow.read(at(key))).rejects.toMatchObject({ code: "unavailable", retryable: true });
  });

  test("is never read half while others are renamed into its place", async () => {
    const contents = ["A", "B"].map((letter) => letter.repeat(200_000));
    await put("acme/a.json", contents[0] as string);
    let writing = true;
    const writer = (async () => {
      for (let round = 0; writing; round++) {
        await put("acme/.next", contents[round % 2] as string);
        await rename(join(root, "acme/.next"), join(root, "acme/a.json"));
      }
    })();
    try {
      for (let reads = 0; reads < 50; reads++) expect(contents).toContain(textOf(await source.read(at(key))));
    } finally {
      writing = false;
      await writer;
    }
  });
});

test("after close, pending and later calls fail as closed", async () => {
  await put("acme/a.json", "A");
  const waiting = Promise.withResolvers<void>();
  const slow = new DirectoryUpdateSource({
    root,
    settleMs: 3_600_000,
    delay: (_, signal) => {
      waiting.resolve();
      return new Promise((_, reject) => signal.addEventListener("abort", reject));
    },
  });
  const pending = slow.read(at("providers/acme/a.json"));
  await waiting.promise;
  const listing = slow.list("");
  await listing.next();
  await slow.close();
  await expect(pending).rejects.toMatchObject({ code: "closed" });
  await expect(listing.next()).rejects.toMatchObject({ code: "closed" });
  await expect(slow.read(at("providers/acme/a.json"))).rejects.toMatchObject({ code: "closed" });
  expect(() => slow.watch({ onBatch: async () => {} })).toThrow(/closed/);
});

test("a store takes in a whole tree, and finds nothing new the second time", async () => {
  const film = { title: "七人の侍", year: 1954, cast: ["三船敏郎"], genres: ["Drama"] };
  await put("黒澤/七人の侍 (1954).json", JSON.stringify(film));
  await put("acme/heat.json.gz", gzipSync(JSON.stringify({ title: "Heat", year: 1995 })));
  await put("acme/up.csv", "id,title,year,cast\n1,Up,2009,Ed Asner|Jordan Nagai\n");
  await put("lonely.json", JSON.stringify(film));
  const store = new MovieStore({ repository: new MemoryMovieRepository(), gunzip });
  const verdicts: string[] = [];
  const onReceipts = (receipts: readonly { verdict: string; key: string }[]) =>
    verdicts.push(...receipts.map(({ verdict, key }) => `${key} ${verdict}`));
  await store.ingestFrom(source, "", { onReceipts });
  await store.ingestFrom(source, "", { onReceipts });
  expect(verdicts.slice(0, 4)).toEqual([
    "providers/acme/heat.json.gz accepted",
    "providers/acme/up.csv accepted",
    "providers/lonely.json rejected",
    "providers/黒澤/七人の侍 (1954).json accepted",
  ]);
  expect(verdicts.slice(4).every((line) => line.endsWith("duplicate"))).toBe(true);
});
