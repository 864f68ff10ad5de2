/** An entry as it lies in Redis: a line with its end and its nonces, then its value. */

import type { Snapshot } from "@movie-store/core";

interface Entry {
  readonly snapshot: Snapshot;
  readonly expiresAtMs: number;
  readonly value: string;
}

export function packEntry({ snapshot, expiresAtMs, value }: Entry): string {
  return `${expiresAtMs} ${snapshot}\n${value}`;
}

/** The value, if its nonces are those of the snapshot and its time is not over. */
export function currentValue(packed: string, snapshot: Snapshot, nowMs: number): string | undefined {
  const space = packed.indexOf(" ");
  const head = `${snapshot}\n`;
  if (!packed.startsWith(head, space + 1) || Number(packed.slice(0, space)) <= nowMs) return undefined;
  return packed.slice(space + 1 + head.length);
}
