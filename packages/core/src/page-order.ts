/** The orders of pages, the places in them, and the opaque cursors that name a place. */

import * as z from "zod";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { MovieStoreError } from "./errors.ts";
import { MOVIE_ID_PATTERN, type MovieContent } from "./movie.ts";
import { compareText } from "./normalise.ts";
import { sortTitle, sortYear } from "./terms.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

export const SORTS = ["-year", "year", "title", "-title", "-updated"] as const;
export type Sort = (typeof SORTS)[number];

/** A cursor holds a normalised title: 1,000 characters can become 3,000, of three bytes each. */
export const MAX_CURSOR = 16_000;

/** A place between two films in the order of a sort. */
export interface Position {
  /** Year, normalised title or version, as the sort wants it. */
  readonly key: number | string;
  readonly id: string;
}

/** The order of a sort: first the key, then the id, ascending in every sort, so that it is total. */
export function comparePositions(sort: Sort, a: Position, b: Position): number {
  const byKey =
    typeof a.key === "number" && typeof b.key === "number"
      ? a.key - b.key
      : compareText(String(a.key), String(b.key));
  return (sort.startsWith("-") ? -byKey : byKey) || compareText(a.id, b.id);
}

export function positionOf(sort: Sort, content: MovieContent, version: number): Position {
  const { id } = content;
  if (sort === "-updated") return { key: version, id };
  return { key: sort === "title" || sort === "-title" ? sortTitle(content) : sortYear(content), id };
}

/** An opaque text for a place; clients hand it back to go on from there. */
export function writeCursor(sort: Sort, { key, id }: Position): string {
  return toBase64url(encodeUtf8(JSON.stringify([sort, key, id])));
}

/** @throws MovieStoreError `invalid-query` for a text that is no cursor, or the cursor of another sort. */
export function readCursor(cursor: string, sort: Sort): Position {
  const bad = (why: string) => new MovieStoreError("invalid-query", `cursor ${why}`, { field: "cursor" });
  const bytes = fromBase64url(cursor);
  const text = bytes === undefined ? undefined : decodeUtf8(bytes);
  let fields: unknown;
  try {
    fields = JSON.parse(text ?? "");
  } catch {
    throw bad("is not one that this service gave out");
  }
  const checked = z
    .tuple([z.enum(SORTS), z.union([z.int(), z.string()]), z.string().regex(MOVIE_ID_PATTERN)])
    .safeParse(fields);
  if (!checked.success) throw bad("is not one that this service gave out");
  const [cursorSort, key, id] = checked.data;
  if (cursorSort !== sort) throw bad(`belongs to sort ${cursorSort}`);
  if ((typeof key === "string") !== (sort === "title" || sort === "-title"))
    throw bad("is not one that this service gave out");
  return { key, id };
}
