import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LogBlocks } from "./log-blocks.ts";

function openBlocks() {
  const written: string[] = [];
  const out = { write: (text: unknown) => written.push(String(text)) > 0 };
  return { blocks: new LogBlocks(out), written };
}

describe("lines of the log", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("go out in their order, 200 ms after the first of them", () => {
    const { blocks, written } = openBlocks();
    blocks.write("one\n");
    vi.advanceTimersByTime(150);
    blocks.write("two\n");
    vi.advanceTimersByTime(49);
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(written).toEqual(["one\ntwo\n"]);
    blocks.write("three\n");
    vi.advanceTimersByTime(200);
    expect(written).toEqual(["one\ntwo\n", "three\n"]);
  });

  test("go out at once when they fill a block", () => {
    const { blocks, written } = openBlocks();
    const line = `${"a".repeat(4_095)}\n`;
    blocks.write(line);
    expect(written).toEqual([]);
    blocks.write(line);
    expect(written).toEqual([line + line]);
    vi.advanceTimersByTime(1_000);
    expect(written).toHaveLength(1);
  });

  test("are nothing where there are none", () => {
    const { blocks, written } = openBlocks();
    blocks.flush();
    expect(written).toEqual([]);
  });
});

describe("a process", () => {
  const script = `
    const { createLogger } = await import(${JSON.stringify(new URL("./logger.ts", import.meta.url).href)});
    const log = createLogger("info");
    for (let at = 0; at < 1000; at++) log.info({ at }, "line");
  `;
  const args = ["--conditions=@movie-store/source", "--input-type=module", "--eval"];

  test.each([
    ["ends by itself", script],
    ["exits", `${script} process.exit(0);`],
  ])("that %s has written every line", async (_, text) => {
    const { stdout } = await promisify(execFile)(process.execPath, [...args, text]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { readonly at: number }).at)).toEqual(
      Array.from({ length: 1_000 }, (__, at) => at),
    );
  });

  test("goes on when nobody reads its log any more", async () => {
    const text = `${script} setTimeout(() => { log.info("later"); setTimeout(() => console.error("still here"), 300); }, 50);`;
    const { stderr } = await promisify(execFile)("sh", [
      "-c",
      '"$@" | true',
      "sh",
      process.execPath,
      ...args,
      text,
    ]);
    expect(stderr).toContain("still here");
  });
});
