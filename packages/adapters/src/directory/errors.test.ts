import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MovieStoreError } from "@movie-store/core";
import { expect, test } from "vitest";
import { mapFsError, unlessGone } from "./errors.ts";

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: failed, open '/inbox/x'`), { code, errno: -1, syscall: "open" });
}

test.each([
  ["ENOENT", "gone"],
  ["ENOTDIR", "gone"],
  ["EISDIR", "gone"],
  ["ELOOP", "gone"],
  ["ENXIO", "gone"],
  ["ENAMETOOLONG", "gone"],
  ["EILSEQ", "gone"],
  ["EMFILE", "unavailable"],
  ["ENFILE", "unavailable"],
  ["EIO", "unavailable"],
  ["ENOSPC", "unavailable"],
  ["EACCES", "unavailable"],
  ["EPERM", "unavailable"],
  ["ESTALE", "unavailable"],
  ["EBUSY", "unavailable"],
  ["ETIMEDOUT", "unavailable"],
])("%s is %s", (code, expected) => {
  const error = failure(code);
  const mapped = mapFsError(error);
  if (expected === "gone") expect(mapped).toBe("gone");
  else {
    expect(mapped).toBeInstanceOf(MovieStoreError);
    expect(mapped).toMatchObject({ code: expected, retryable: true, cause: error });
  }
});

test("what is no failure of the file system stays what it is", () => {
  const error = new TypeError("x is not a function");
  expect(mapFsError(error)).toBe(error);
  const closed = new MovieStoreError("closed", "closed");
  expect(mapFsError(closed)).toBe(closed);
  const coded = Object.assign(new Error("bad"), { code: "ERR_ASSERTION" });
  expect(mapFsError(coded)).toBe(coded);
});

test("a name with a NUL character names no file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "movie-store-directory-"));
  try {
    const { lstat } = await import("node:fs/promises");
    expect(await unlessGone(lstat(join(folder, "a\0b")))).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});
