/** From what the file system reports to the codes of core. */

import { MovieStoreError } from "@movie-store/core";

/** Nothing of that name is there, or what is there is not a file of this folder tree. */
const GONE: ReadonlySet<string> = new Set([
  "ENOENT",
  "ENOTDIR",
  "EISDIR",
  "ELOOP", // a symbolic link, which O_NOFOLLOW does not follow
  "ENXIO", // a fifo or a device without its other end
  "ENAMETOOLONG",
  "EILSEQ",
  "ERR_INVALID_ARG_VALUE", // a NUL character in the name
]);

/**
 * @returns "gone" where there is no such file; `unavailable` for every other failure of the file system, because what
 * is there may be readable later (EMFILE, EIO, EACCES, ESTALE, …); anything else as it came.
 */
export function mapFsError(error: unknown): unknown {
  if (error instanceof MovieStoreError) return error;
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  if (GONE.has(error.code)) return "gone";
  if (!("errno" in error)) return error;
  return new MovieStoreError("unavailable", `the directory can't be read: ${error.message}`, {
    cause: error,
  });
}

/** `undefined` where there is no such file. */
export async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const mapped = mapFsError(error);
    if (mapped === "gone") return undefined;
    throw mapped;
  }
}
