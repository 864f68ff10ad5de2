import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000 });

const BIN = fileURLToPath(new URL("../../bin/movie-store.js", import.meta.url));

let folder: string;
let running: Program[];
let taken: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "movie-store-start-"));
  running = [];
});

afterEach(async () => {
  for (const program of running) await program.end("SIGKILL");
  taken?.close();
  taken = undefined;
  await rm(folder, { recursive: true, force: true });
});

class Program {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  out = "";
  err = "";
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [BIN, ...args], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        PORT: "0",
        HOST: "127.0.0.1",
        MOVIE_STORE_DATA: join(folder, "data"),
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.exited = once(this.child, "close");
    this.child.stdout?.on("data", (chunk: Buffer) => this.#take("out", chunk));
    this.child.stderr?.on("data", (chunk: Buffer) => this.#take("err", chunk));
    this.child.on("close", () => this.#take("out", ""));
    running.push(this);
  }

  #take(stream: "out" | "err", chunk: Buffer | string): void {
    this[stream] += chunk.toString();
    for (const look of this.#waiting) look();
  }

  /** Resolves when the output has it; fails when the program ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const look = () => {
      const match = pattern.exec(this.out);
      if (match !== null) resolve(match);
      else if (this.child.exitCode !== null || this.child.signalCode !== null)
        reject(new Error(`ended without printing ${pattern}:\n${this.out}${this.err}`));
    };
    this.#waiting.add(look);
    look();
    return promise.finally(() => this.#waiting.delete(look));
  }

  async url(): Promise<string> {
    const [, url = ""] = await this.printed(/ready: (http:\/\/\S+)[\s\S]*try {2}/);
    return url;
  }

  async end(
    signal: NodeJS.Signals,
  ): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    this.child.kill(signal);
    await this.exited;
    return { code: this.child.exitCode, signal: this.child.signalCode };
  }
}

async function put(path: string, content: string): Promise<void> {
  const target = join(folder, "data", "inbox", path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(join(folder, "data", "inbox", ".next"), content);
  await rename(join(folder, "data", "inbox", ".next"), target);
}

async function titles(url: string, query: string): Promise<string[]> {
  const response = await fetch(`${url}/v1/movies?${query}`, { headers: { connection: "close" } });
  const { movies } = (await response.json()) as { movies: { title: string }[] };
  return movies.map(({ title }) => title);
}

describe("start", () => {
  test("takes in the sample at the first start, says what to try, and ends cleanly on SIGTERM", async () => {
    const first = new Program(["start"]);
    const url = await first.url();
    expect(first.out).toMatch(/films {5}151\n {2}rejected {2}7 /);
    expect(first.out).toContain(join(folder, "data", "inbox"));
    // What the program says to try works.
    const [, query = ""] = await first.printed(/curl '\S+\/v1\/movies\?(\S+)'/);
    expect((await titles(url, query)).length).toBeGreaterThan(0);
    const [corrected] = (
      (await (await fetch(`${url}/v1/movies?title=das+boot`)).json()) as { movies: { id: string }[] }
    ).movies;
    const history = (await (await fetch(`${url}/v1/movies/${corrected?.id}/history`)).json()) as {
      history: { fields: Record<string, { before?: unknown; after?: unknown }> }[];
    };
    expect(
      history.history.some(({ fields }) => fields["year"]?.before === 1982 && fields["year"].after === 1981),
    ).toBe(true);
    expect(await first.end("SIGTERM")).toEqual({ code: 0, signal: null });
    expect(first.err).toBe("");

    const second = new Program(["start"]);
    await second.url();
    expect(second.out).toMatch(/films {5}151\n {2}rejected {2}7 /);
    expect(await second.end("SIGINT")).toEqual({ code: 0, signal: null });
    // The second start has found everything taken in.
    expect(second.out).not.toContain("inbox: ");
  });

  test("takes in what is put into the inbox, before and while it runs, and what another process ingests", async () => {
    await put("acme/before.json", '{"id":"1","title":"Before","year":1999}');
    const program = new Program(["start"]);
    const url = await program.url();
    await program.printed(/inbox: 1 object: 1 accepted/);
    // The inbox was in use, so there is no sample in it.
    expect(await titles(url, "")).toEqual(["Before"]);
    await put("acme/while.json", '{"id":"2","title":"While","year":2000}');
    await program.printed(/inbox: 1 object: 1 accepted[\s\S]*inbox: 1 object: 1 accepted/);
    expect(await titles(url, "title=while")).toEqual(["While"]);
    await put("acme/while.json", '{"id":"2","title":');
    await program.printed(/1 rejected \(1 bad-json\)/);

    await writeFile(join(folder, "films.ndjson"), '{"id":"3","title":"Elsewhere","year":2001}\n');
    const other = new Program(["ingest", "films.ndjson"]);
    await other.exited;
    expect(other.out).toContain("1 accepted");
    expect(await titles(url, "title=elsewhere")).toEqual(["Elsewhere"]);
    expect(await program.end("SIGTERM")).toEqual({ code: 0, signal: null });
  });

  test("starts empty when no sample is wanted", async () => {
    const program = new Program(["start"], {
      MOVIE_STORE_SAMPLE: "off",
      MOVIE_STORE_INBOX: join(folder, "in"),
    });
    await program.url();
    expect(program.out).toMatch(/films {5}0\n {2}rejected {2}0\n/);
    expect(program.out).toContain("try       movie-store ingest");
    expect(program.out).toContain(join(folder, "in"));
  });

  test("says in one line that the port is taken", async () => {
    taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const program = new Program(["start"], { PORT: String(port), MOVIE_STORE_SAMPLE: "off" });
    await program.exited;
    expect(program.child.exitCode).toBe(1);
    expect(program.err).toBe(`movie-store: PORT: port ${port} is taken, set PORT to another one\n`);
    expect(program.out).toBe("");
  });

  test("ends at once on a second signal", async () => {
    const program = new Program(["start"], { MOVIE_STORE_SAMPLE: "off", SHUTDOWN_GRACE_SECONDS: "300" });
    const { port } = new URL(await program.url());
    // A request that never ends holds up the graceful end; the one before it shows that the server knows the client.
    const client = connect(Number(port), "127.0.0.1");
    client.on("error", () => {});
    client.write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(client, "data");
    client.write("GET /health/live HTTP/1.1\r\n");
    program.child.kill("SIGTERM");
    await program.printed(/stopping/);
    expect(await program.end("SIGTERM")).toEqual({ code: null, signal: "SIGTERM" });
    client.destroy();
  });
});
