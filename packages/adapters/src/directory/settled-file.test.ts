import { appendFile, mkdtemp, open, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Look, lookAt, readUnchanged } from "./settled-file.ts";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "movie-store-settled-"));
  path = join(folder, "a.json");
  await writeFile(path, "before");
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

async function look(): Promise<Look> {
  const found = await lookAt(path);
  if (found === undefined) throw new Error(`${path} is not there`);
  return found;
}

/** Does something right after the bytes of the next file have been read. */
async function afterReading(act: () => Promise<void>): Promise<void> {
  const file = await open(path);
  const prototype = Object.getPrototypeOf(file) as Pick<typeof file, "read">;
  await file.close();
  const read = prototype.read;
  vi.spyOn(prototype, "read").mockImplementationOnce(async function (this: typeof file, ...args: unknown[]) {
    const result = await Reflect.apply(read, this, args);
    await act();
    return result;
  } as typeof read);
}

test("a file that is as it was when it was looked at is read", async () => {
  expect(Buffer.from((await readUnchanged(await look())) ?? []).toString()).toBe("before");
});

test.each([
  ["written", () => writeFile(path, "behind")],
  ["continued", () => appendFile(path, "!")],
  ["cut short", () => writeFile(path, "")],
])(
  "a file that was %s since is not read, and neither is one to which it happens meanwhile",
  async (_, change) => {
    const first = await look();
    await change();
    expect(await readUnchanged(first)).toBeUndefined();
    await writeFile(path, "before");
    const second = await look();
    await afterReading(change);
    expect(await readUnchanged(second)).toBeUndefined();
  },
);

test("a file that is replaced before it is opened is not read", async () => {
  const first = await look();
  await writeFile(join(folder, ".next"), "before");
  await rename(join(folder, ".next"), path);
  expect(await readUnchanged(first)).toBeUndefined();
});

test("a file that goes is not there", async () => {
  const first = await look();
  await rm(path);
  expect(await readUnchanged(first)).toBeUndefined();
  expect(await lookAt(path)).toBeUndefined();
  expect(await lookAt(folder)).toBeUndefined();
});
