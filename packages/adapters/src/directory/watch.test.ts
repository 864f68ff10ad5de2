import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compareText, MovieStoreError, type ReceivedObject } from "@movie-store/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FolderTree } from "./folder-tree.ts";
import type { WatchFolder } from "./folder-watchers.ts";
import { lookAt } from "./settled-file.ts";
import { DirectoryUpdateSource } from "./update-source.ts";
import { DirectoryWatch } from "./watch.ts";

let root: string;
let source: DirectoryUpdateSource;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "movie-store-watch-"));
  source = new DirectoryUpdateSource({ root, settleMs: 20 });
});

afterEach(async () => {
  await source.close();
  await rm(root, { recursive: true, force: true });
});

/** As one step: where the clock is real, a test must not depend on how long a write takes. */
async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, ".next"), content);
  await rename(join(root, ".next"), join(root, path));
}

/** Collects what a watch hands over, and lets a test wait for the next of it. */
class Received {
  readonly objects: ReceivedObject[] = [];
  readonly #arrivals: (() => void)[] = [];
  readonly onBatch = async (objects: readonly ReceivedObject[]) => {
    this.objects.push(...objects);
    for (const arrive of this.#arrivals.splice(0)) arrive();
  };

  async atLeast(count: number): Promise<void> {
    while (this.objects.length < count) await new Promise<void>((arrive) => this.#arrivals.push(arrive));
  }

  get texts(): string[] {
    return this.objects.map(({ key, bytes }) => `${key.slice("providers/".length)}=${Buffer.from(bytes)}`);
  }
}

interface Wait {
  readonly untilMs: number;
  readonly end: () => void;
}

/** A clock that the test moves: a wait ends when the clock has passed it, or when it is given up. */
class ManualTime {
  nowMs = Date.now() + 3_600_000;
  readonly #waits = new Set<Wait>();
  #onWait: (() => void)[] = [];
  readonly clock = () => this.nowMs;
  readonly delay = async (ms: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<void>();
    const wait = { untilMs: this.nowMs + ms, end: resolve };
    this.#waits.add(wait);
    signal.addEventListener("abort", () => this.#end(wait));
    for (const on of this.#onWait.splice(0)) on();
    await promise;
    signal.throwIfAborted();
  };

  /** Resolves once something waits. @returns for how long. */
  async waiting(): Promise<number> {
    while (this.#waits.size === 0) await new Promise<void>((resolve) => this.#onWait.push(resolve));
    return Math.min(...[...this.#waits].map(({ untilMs }) => untilMs - this.nowMs));
  }

  pass(ms: number): void {
    this.nowMs += ms;
    for (const wait of this.#waits) if (wait.untilMs <= this.nowMs) this.#end(wait);
  }

  #end(wait: Wait): void {
    this.#waits.delete(wait);
    wait.end();
  }
}

const silent: WatchFolder = () => ({ close() {} });
const unable: WatchFolder = () => {
  throw new Error("ENOSPC: System limit for number of file watchers reached");
};

describe("with what the system reports", () => {
  test("hands over what is there, then what comes, once each", async () => {
    await put("acme/a.json", "A");
    await put("acme/deep/er/b.json", "B");
    const received = new Received();
    const watch = source.watch(received);
    await received.atLeast(2);
    // Whichever of the two has settled first.
    received.objects.sort((a, b) => compareText(a.key, b.key));
    await put("acme/c.json", "C");
    await received.atLeast(3);
    await put("new/folder/here/七.json", "D");
    await received.atLeast(4);
    await put("new/folder/here/e.json.gz", "E");
    await received.atLeast(5);
    await watch.close();
    expect(received.texts).toEqual([
      "acme/a.json=A",
      "acme/deep/er/b.json=B",
      "acme/c.json=C",
      "new/folder/here/七.json=D",
      "new/folder/here/e.json.gz=E",
    ]);
  });

  test("hands over each version of a file that is replaced A, B, A", async () => {
    const received = new Received();
    const watch = source.watch(received);
    for (const [at, content] of ["A", "B", "A"].entries()) {
      await put("acme/a.json", content);
      await received.atLeast(at + 1);
    }
    await watch.close();
    expect(received.texts).toEqual(["acme/a.json=A", "acme/a.json=B", "acme/a.json=A"]);
    expect(new Set(received.objects.map(({ versionId }) => versionId)).size).toBe(3);
  });

  test("hands over a file that is renamed into place, and never the unfinished one", async () => {
    const received = new Received();
    const watch = source.watch(received);
    await watch.scanned;
    for (const name of ["acme/.a.json", "acme/a.json.tmp", "acme/a.json.part", "acme/a.json~"]) {
      await put(name, "half");
      await appendFile(join(root, name), name);
      await rename(join(root, name), join(root, `acme/from-${received.objects.length}.json`));
      await received.atLeast(received.objects.length + 1);
    }
    await watch.close();
    expect(received.texts).toEqual([
      "acme/from-0.json=halfacme/.a.json",
      "acme/from-1.json=halfacme/a.json.tmp",
      "acme/from-2.json=halfacme/a.json.part",
      "acme/from-3.json=halfacme/a.json~",
    ]);
  });

  test("hands over a folder that is moved in with its files, and again when another takes its place", async () => {
    const outside = await mkdtemp(join(tmpdir(), "movie-store-outside-"));
    const received = new Received();
    const watch = source.watch(received);
    await watch.scanned;
    try {
      for (const [at, content] of ["A", "B", "C"].entries()) {
        await rm(join(root, "acme"), { recursive: true, force: true });
        await mkdir(join(outside, "acme"));
        await writeFile(join(outside, "acme", "a.json"), content);
        await rename(join(outside, "acme"), join(root, "acme"));
        await received.atLeast(2 * at + 1);
        await put("acme/b.json", content);
        await received.atLeast(2 * at + 2);
      }
    } finally {
      await rm(outside, { recursive: true });
    }
    await watch.close();
    expect(received.texts).toEqual(["A", "B", "C"].flatMap((c) => [`acme/a.json=${c}`, `acme/b.json=${c}`]));
  });

  test("hands over a file that comes back after it was deleted", async () => {
    const received = new Received();
    const watch = source.watch(received);
    await put("acme/a.json", "A");
    await received.atLeast(1);
    await rm(join(root, "acme/a.json"));
    await put("acme/a.json", "A");
    await received.atLeast(2);
    await watch.close();
    expect(received.texts).toEqual(["acme/a.json=A", "acme/a.json=A"]);
  });
});

describe("with a clock of the test's own", () => {
  let time: ManualTime;
  let received: Received;

  beforeEach(() => {
    time = new ManualTime();
    received = new Received();
    source = new DirectoryUpdateSource({ root, settleMs: 100, clock: time.clock, delay: time.delay });
  });

  test("a file that is written in pieces is handed over whole", async () => {
    // Behind the clock of the files: quiet is what two looks find equal.
    time.nowMs = 0;
    await put("acme/a.json", '{"title":');
    const watch = source.watch({ ...received, watchFolder: silent });
    for (const piece of ['"Metro', "polis", '"}']) {
      expect(await time.waiting()).toBe(100);
      await appendFile(join(root, "acme/a.json"), piece);
      time.pass(100);
    }
    while (received.objects.length === 0) {
      await time.waiting();
      time.pass(100);
    }
    await watch.close();
    expect(received.texts).toEqual(['acme/a.json={"title":"Metropolis"}']);
  });

  test("what the system did not report is found by the next scan", async () => {
    const watch = source.watch({ ...received, watchFolder: silent });
    expect(await time.waiting()).toBe(60_000);
    await put("acme/a.json", "A");
    time.pass(60_000);
    await received.atLeast(1);
    await watch.close();
    expect(received.texts).toEqual(["acme/a.json=A"]);
  });

  test("a system that can't report is polled", async () => {
    const watch = source.watch({ ...received, watchFolder: unable });
    for (const [at, content] of ["A", "B"].entries()) {
      expect(await time.waiting()).toBe(2_000);
      await put("acme/a.json", content);
      time.pass(2_000);
      await received.atLeast(at + 1);
    }
    await watch.close();
    expect(received.texts).toEqual(["acme/a.json=A", "acme/a.json=B"]);
  });

  test("a system that stops reporting is polled, and one that lost count causes a scan at once", async () => {
    let lose: () => void = () => {};
    let fail: () => void = () => {};
    const watchFolder: WatchFolder = (_, onName, onError) => {
      lose = () => onName(undefined);
      fail = () => onError(new Error("gone"));
      return { close() {} };
    };
    const watch = source.watch({ ...received, watchFolder });
    expect(await time.waiting()).toBe(60_000);
    await put("a.json", "A");
    lose();
    await received.atLeast(1);
    expect(await time.waiting()).toBe(60_000);
    fail();
    await put("b.json", "B");
    while ((await time.waiting()) !== 2_000) await new Promise((resolve) => setImmediate(resolve));
    time.pass(2_000);
    await received.atLeast(2);
    await watch.close();
  });

  test("a batch that the store can't take now is offered until it is taken, and none overtakes it", async () => {
    for (const name of ["a", "b", "c"]) await put(`acme/${name}.json`, name);
    const errors: unknown[] = [];
    const waits: number[] = [];
    const down = new MovieStoreError("unavailable", "the store is locked");
    let refusals = 7;
    const watch = source.watch({
      batchSize: 2,
      watchFolder: silent,
      onError: (error) => errors.push(error),
      onBatch: async (objects) => {
        if (refusals-- > 0) throw down;
        await received.onBatch(objects);
      },
    });
    for (let refusal = 0; refusal < 7; refusal++) {
      waits.push(await time.waiting());
      time.pass(waits.at(-1) as number);
    }
    await received.atLeast(3);
    await watch.close();
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(errors).toEqual(Array(7).fill(down));
    expect(received.texts).toEqual(["acme/a.json=a", "acme/b.json=b", "acme/c.json=c"]);
  });

  test("a batch refused for good holds up no other, and comes again with the next scan", async () => {
    for (const name of ["a", "b"]) await put(`acme/${name}.json`, name);
    const errors: unknown[] = [];
    let refuse = true;
    const watch = source.watch({
      batchSize: 1,
      watchFolder: silent,
      onError: (error) => errors.push(error),
      onBatch: async (objects) => {
        if (refuse && objects[0]?.key === "providers/acme/a.json") throw new Error("a bug");
        await received.onBatch(objects);
      },
    });
    await received.atLeast(1);
    expect(await time.waiting()).toBe(60_000);
    refuse = false;
    time.pass(60_000);
    await received.atLeast(2);
    await watch.close();
    expect(errors).toEqual([new Error("a bug")]);
    expect(received.texts).toEqual(["acme/b.json=b", "acme/a.json=a"]);
  });

  test("batches come one after the other, and closing waits for the one that is being taken", async () => {
    for (const name of ["a", "b", "c"]) await put(`acme/${name}.json`, name);
    const started = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    let running = 0;
    const watch = source.watch({
      batchSize: 2,
      watchFolder: silent,
      onBatch: async (objects) => {
        expect(++running).toBe(1);
        started.resolve();
        await taken.promise;
        await received.onBatch(objects);
        running--;
      },
    });
    await started.promise;
    let isClosed = false;
    const closing = source.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    taken.resolve();
    await closing;
    await watch.scanned;
    expect(received.texts).toEqual(["acme/a.json=a", "acme/b.json=b"]);
  });

  test("a file that can't be read now holds up no other", async () => {
    await put("acme/a.json", "A");
    await put("acme/b.json", "B");
    const broken = new MovieStoreError("unavailable", "input/output error");
    const errors: unknown[] = [];
    let breaks = true;
    const tree = new FolderTree(root, "providers/");
    const watch = new DirectoryWatch({
      ...received,
      tree,
      settleMs: 100,
      ...time,
      watchFolder: silent,
      onError: (error) => errors.push(error),
      look: async (key) => lookAt((await tree.locate(key)) ?? ""),
      read: async (key) => {
        if (breaks && key.endsWith("/a.json")) throw broken;
        return source.read({ bucket: "inbox", key });
      },
    });
    await received.atLeast(1);
    expect(await time.waiting()).toBe(60_000);
    breaks = false;
    time.pass(60_000);
    await received.atLeast(2);
    await watch.close();
    expect(errors).toEqual([broken]);
    expect(received.texts).toEqual(["acme/b.json=B", "acme/a.json=A"]);
  });

  test("a folder that is missing for a while is waited for", async () => {
    await rm(root, { recursive: true });
    const errors: unknown[] = [];
    const watch = source.watch({ ...received, watchFolder: silent, onError: (error) => errors.push(error) });
    expect(await time.waiting()).toBe(2_000);
    expect(errors).toMatchObject([{ code: "unavailable" }]);
    await put("acme/a.json", "A");
    time.pass(2_000);
    await received.atLeast(1);
    await watch.close();
  });
});
