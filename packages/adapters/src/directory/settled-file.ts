/** Reading a file that somebody may be writing: only when it has been quiet, and never half. */

import type { BigIntStats } from "node:fs";
import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { unlessGone } from "./errors.ts";

/** A file as one look at it found it. */
export interface Look {
  readonly path: string;
  /** Differs whenever the file has been written, replaced or renamed since. */
  readonly signature: string;
  readonly sizeBytes: number;
  readonly modifiedNs: bigint;
  /** The time of the last change of content, name or rights; unlike the time of modification nobody can set it. */
  readonly changedMs: number;
}

/** `undefined` if there is no file of that name. */
export async function lookAt(path: string): Promise<Look | undefined> {
  const stats = await unlessGone(lstat(path, { bigint: true }));
  return stats?.isFile() === true ? lookOf(path, stats) : undefined;
}

/** Whether the file has not changed for a while, as far as one look can tell. */
export function isQuiet(look: Look, nowMs: number, settleMs: number): boolean {
  return nowMs - look.changedMs >= settleMs;
}

/** The bytes of the file, if they are still those that `look` saw. */
export async function readUnchanged(look: Look): Promise<Uint8Array | undefined> {
  // Without O_NONBLOCK, opening a fifo that has taken the file's place would wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await unlessGone(open(look.path, flags));
  if (file === undefined) return undefined;
  try {
    return await unlessGone(readWhole(file, look));
  } finally {
    await file.close();
  }
}

async function readWhole(file: FileHandle, look: Look): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(look.sizeBytes);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return undefined;
    length += bytesRead;
  }
  // Nothing has happened to the file between the look and now, so nothing has while it was read.
  const after = lookOf(look.path, await file.stat({ bigint: true }));
  return after.signature === look.signature ? buffer : undefined;
}

function lookOf(path: string, stats: BigIntStats): Look {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return {
    path,
    signature: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`,
    sizeBytes: Number(size),
    modifiedNs: mtimeNs,
    changedMs: Number(ctimeNs / 1_000_000n),
  };
}
