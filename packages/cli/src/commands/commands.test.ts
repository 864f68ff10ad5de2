import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

// Each run is a process of its own, which takes a moment to start.
vi.setConfig({ testTimeout: 60_000 });

const BIN = fileURLToPath(new URL("../../bin/movie-store.js", import.meta.url));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "movie-store-cli-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly bytes: Buffer;
}

async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], MOVIE_STORE_DATA: join(folder, "data"), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  let err = "";
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => {
    err += chunk.toString();
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on("close", resolve);
  const code = await promise;
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString(), err, bytes };
}

async function put(name: string, content: string | Uint8Array, second = 1_700_000_000): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await utimes(path, second, second);
  return path;
}

const film = (id: number, title: string) => ({ id: String(id), title, year: 1990 + id });
const lines = (...films: readonly object[]) => films.map((each) => `${JSON.stringify(each)}\n`).join("");

async function exported(): Promise<readonly { readonly title: string }[]> {
  const { out } = await run(["export"]);
  return out
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line));
}

describe("ingest", () => {
  test("takes in a file, the same file without effect, and a corrected one with its corrections", async () => {
    const path = await put("films.ndjson", lines(film(1, "Het"), film(2, "Up")));
    const first = await run(["ingest", path, "--provider", "acme"]);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(
      /^2 objects: 2 accepted, 0 duplicate, 0 superseded, 0 rejected in \d+\.\d s \(\d[\d,]*\/s\)\n$/,
    );
    const again = await run(["ingest", path, "--provider", "acme"]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.out).toContain("2 objects: 0 accepted, 2 duplicate, 0 superseded, 0 rejected");
    await put("films.ndjson", lines(film(1, "Heat"), film(2, "Up")), 1_700_000_001);
    expect((await run(["ingest", path, "-p", "acme"])).out).toContain("2 objects: 2 accepted");
    expect((await exported()).map(({ title }) => title).sort()).toEqual(["Heat", "Up"]);
  });

  test("reads lists, lines and rows, compressed or not, of a whole folder", async () => {
    await put("in/a/list.json", JSON.stringify([film(1, "A1"), film(2, "A2")]));
    await put("in/a/one.json.gz", gzipSync(JSON.stringify(film(3, "A3"))));
    await put("in/b/lines.ndjson.gz", gzipSync(lines(film(1, "B1"), film(2, "B2"))));
    await put("in/c/rows.csv", 'id,title,year,cast\n1,C1,1999,Ann|Bob\n2,"C2, the second",2000,\n');
    const { code, out, err } = await run(["ingest", "in"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("7 objects: 7 accepted");
    expect((await exported()).map(({ title }) => title).sort()).toEqual([
      "A1",
      "A2",
      "A3",
      "B1",
      "B2",
      "C1",
      "C2, the second",
    ]);
    const receipts = await run(["verify"]);
    expect(receipts).toMatchObject({ code: 0 });
  });

  test("ends with 1 and the counts by reason when anything was rejected, and keeps the rest", async () => {
    const path = await put(
      "films.ndjson",
      `${lines(film(1, "Heat"), { year: 5 })}{\n[]\n{"title":"A","title":"B"}\n`,
    );
    const { code, out, err } = await run(["ingest", path]);
    expect(code).toBe(1);
    expect(out).toContain("5 objects: 1 accepted, 0 duplicate, 0 superseded, 4 rejected");
    expect(err).toContain("provider: local");
    expect(err).toContain("rejected: 2 bad-json, 1 bad-field, 1 not-an-object");
  });

  test.each([
    [["ingest", "none.json"], "movie-store: none.json: there is no such file or folder\n"],
    [
      ["ingest", "gs://bucket/x"],
      "movie-store: gs://bucket/x: has to be a file or a folder, or for ingest s3:",
    ],
    [["check", "s3://bucket/x"], "movie-store: s3://bucket/x: has to be a file or a folder"],
    [["ingest", ".", "-p", "a/b"], 'movie-store: --provider: "a/b" is no name of a provider'],
  ])("%s says in one line what is wrong", async (args, message) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(message);
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});

describe("check", () => {
  test("says what would happen and writes nothing, not even a store", async () => {
    const path = await put(
      "films.ndjson",
      `${lines(film(1, "Heat"), film(1, "Heat"))}{"title":"x\\u001b[2J","year":"?"}\n`,
    );
    const { code, out, err } = await run(["check", path]);
    expect(code).toBe(1);
    expect(out.split("\n")).toEqual([
      "providers/local/films.ndjson#1: accepted, a new film",
      expect.stringMatching(/^providers\/local\/films\.ndjson#2: (accepted|duplicate), /),
      expect.stringMatching(/^providers\/local\/films\.ndjson#3: rejected, bad-field: year /),
      "",
    ]);
    expect(err).toContain("3 objects: ");
    expect(await readdir(folder)).toEqual(["films.ndjson"]);
  });

  test("compares with what is in the store", async () => {
    await run([
      "ingest",
      await put("a.json", JSON.stringify({ ...film(1, "Heat"), updatedAt: "2020-01-01" })),
    ]);
    const newer = await put("b.json", JSON.stringify({ ...film(1, "Heat!"), updatedAt: "2021-01-01" }));
    expect((await run(["check", newer])).out).toMatch(
      /b\.json: accepted, changes [0-9a-v]{16} Heat \(1991\)\n$/,
    );
    const older = await put("c.json", JSON.stringify({ ...film(1, "Het"), updatedAt: "2019-01-01" }));
    expect((await run(["check", older])).out).toMatch(
      /superseded, local has said something newer of [0-9a-v]{16} Heat/,
    );
    const { out } = await run(["check", "a.json", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ verdict: "duplicate", key: "providers/local/a.json" });
    expect((await exported()).map(({ title }) => title)).toEqual(["Heat"]);
  });
});

describe("rejected", () => {
  test("lists, shows and retries what is in the quarantine", async () => {
    expect(await run(["rejected"])).toMatchObject({ code: 0, out: "", err: "nothing is rejected\n" });
    await put("in/acme/text.json", '{"title":"\u202ered","year":"?"}');
    await put("in/acme/binary.json", new Uint8Array([0xff, 0xfe, 0x00, 0x41]));
    await run(["ingest", "in"]);

    const list = await run(["rejected"]);
    expect(list.out.split("\n")[0]).toMatch(/^ID +PROVIDER +KEY +CODE +REASON$/);
    expect(list.out).toMatch(/acme +providers\/acme\/binary\.json +bad-encoding +the object is not UTF-8/);
    expect(list.err).toBe("2 rejected\n");
    const [first, second] = (await run(["rejected", "list", "--json"])).out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([first.key, second.key]).toEqual(["providers/acme/text.json", "providers/acme/binary.json"]);

    const text = await run(["rejected", "show", first.updateId]);
    expect(text).toMatchObject({ code: 0 });
    expect(text.out).toContain("field:    year");
    expect(text.out).toContain('{"title":"\\u{202e}red","year":"?"}');
    expect(text.out).not.toContain("\u202e");
    expect((await run(["rejected", "show", second.updateId])).out).toContain("00000000  ff fe 00 41  ");
    const json = JSON.parse((await run(["rejected", "show", second.updateId, "--json"])).out);
    expect(json).toMatchObject({ key: second.key, bytes: "//4AQQ==" });

    const retried = await run(["rejected", "retry", first.updateId]);
    expect(retried).toMatchObject({ code: 1, out: "1 object read again: 0 taken in, 1 rejected again\n" });
    expect(await run(["rejected", "retry", "--all"])).toMatchObject({
      code: 1,
      out: "2 objects read again: 0 taken in, 2 rejected again\n",
      err: "rejected: 1 bad-encoding, 1 bad-field\n",
    });
    for (const args of [["show", "none"], ["retry", "none"], ["retry"], ["retry", "--all", "none"]]) {
      const { code, err } = await run(["rejected", ...args]);
      expect(code).toBe(1);
      expect(err).toMatch(/^movie-store: (there is no update none|say which: ids, or --all)\n$/);
    }
  });

  test("takes in on retry what can be read now", async () => {
    // No provider can be called "-old"; below another prefix the same key names one.
    await put("in/-old/acme/a.json", JSON.stringify(film(1, "Heat")));
    expect(await run(["ingest", "in"])).toMatchObject({ code: 1, err: expect.stringContaining("1 bad-key") });
    const { code, out } = await run(["rejected", "retry", "--all"], { S3_PREFIX: "providers/-old/" });
    expect({ code, out }).toEqual({ code: 0, out: "1 object read again: 1 taken in, 0 rejected again\n" });
    expect(await exported()).toMatchObject([{ title: "Heat", providers: ["acme"] }]);
    expect((await run(["rejected"])).err).toBe("nothing is rejected\n");
  });
});

describe("rebuild, verify and export", () => {
  test("agree with each other", async () => {
    await put("in/a/f.ndjson", lines(film(1, "Heat"), film(2, "Up"), { id: "3" }));
    await put("in/b/f.ndjson", lines(film(7, "Heat"), film(2, "Up")));
    await run(["ingest", "in"]);
    const before = await run(["export"]);
    const [first = "", ...films] = before.out.trim().split("\n");
    expect(JSON.parse(first)).toEqual({ version: expect.any(Number) });
    const ids = films.map((line) => JSON.parse(line).id);
    expect(ids).toEqual([...ids].sort());
    const verified = await run(["verify"]);
    expect(verified).toMatchObject({ code: 0, err: "" });
    expect(verified.out).toMatch(/^5 updates, 4 film ids and \d+ changes agree in /);
    const rebuilt = await run(["rebuild"]);
    expect(rebuilt).toMatchObject({ code: 0, err: "" });
    expect(rebuilt.out).toMatch(/^4 updates folded, 0 films changed in /);
    expect((await run(["export"])).out).toBe(before.out);
    expect(gunzipSync((await run(["export", "--gzip"])).bytes).toString()).toBe(before.out);
    expect(await readdir(join(folder, "data", "tmp"))).toEqual([]);
  });

  test("verify lists what differs and ends with 1", async () => {
    await run(["ingest", await put("a.json", JSON.stringify(film(1, "Heat")))]);
    const { DatabaseSync } = await import("node:sqlite");
    const [id] = (await exported()).map((each) => (each as unknown as { id: string }).id);
    const database = new DatabaseSync(join(folder, "data", "movie-store.sqlite"));
    database.exec("DELETE FROM film");
    database.close();
    const { code, out, err } = await run(["verify"]);
    expect(code).toBe(1);
    expect(out).toContain(`${id} the log makes it, but it is not stored\n`);
    expect(err).toContain("listed");
    expect(await readdir(join(folder, "data", "tmp"))).toEqual([]);
  });

  test("export ends quietly when its reader has seen enough", async () => {
    await run([
      "ingest",
      await put("f.ndjson", lines(...Array.from({ length: 2_000 }, (_, at) => film(at % 100, `Film ${at}`)))),
    ]);
    const child = spawn(process.execPath, [BIN, "export"], {
      env: { PATH: process.env["PATH"], MOVIE_STORE_DATA: join(folder, "data") },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.destroy();
    const { promise, resolve } = Promise.withResolvers<number | null>();
    child.on("close", resolve);
    expect(await promise).toBe(0);
    expect(err).toBe("");
  });
});

describe("the program", () => {
  test("explains itself", async () => {
    const { code, out } = await run(["--help"]);
    expect(code).toBe(0);
    for (const command of ["start", "ingest", "check", "rejected", "rebuild", "verify", "export"])
      expect(out).toContain(`\n  ${command} `);
    const help = await run(["ingest", "--help"]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toContain("--provider");
  });

  test("empties no cache where processes share none", async () => {
    const { code, err } = await run(["empty-cache"]);
    expect(code).toBe(1);
    expect(err).toBe("movie-store: REDIS_URL: is not set, and the cache of a process ends with it\n");
  });

  test.each([[["bogus"]], [["ingest"]], [["ingest", "a", "--format", "xml"]], [["export", "--bogus"]]])(
    "ends with 2 and one line after %j",
    async (args) => {
      const { code, out, err } = await run(args);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toMatch(/^movie-store: [^\n]+\n$/);
    },
  );

  test("names the variable that has a bad value, and shows a stack only when asked to", async () => {
    const { code, err } = await run(["export"], { PORT: "x" });
    expect(code).toBe(1);
    expect(err).toMatch(/^movie-store: PORT [^\n]+\n$/);
    expect((await run(["export"], { PORT: "x", LOG_LEVEL: "debug" })).err).toMatch(/PORT .*\n {4}at /);
    expect(existsSync(join(folder, "data"))).toBe(false);
  });
});
