/** The numbered changes of films: what the feed, a film's history and its past states are made of. */

import type { FilmState, MovieContent } from "./movie.ts";

/**
 * `created`: the film is new, or back after a withdrawal. `updated`: its content changed. `merged`: it turned out to
 * be another film, `into` names it. `split`: it was part of another film, `from` names it. `withdrawn`: no provider
 * describes it any more.
 */
export type ChangeKind = "created" | "updated" | "merged" | "split" | "withdrawn";

/** A change without its number, which the repository gives it at commit. */
export interface DecidedChange {
  readonly kind: ChangeKind;
  readonly movieId: string;
  /** The update that caused it; absent when a rebuild did (the rules or the code have changed since). */
  readonly updateId?: string;
  readonly provider?: string;
  readonly into?: string;
  readonly from?: string;
  readonly before: FilmState | undefined;
  readonly after: FilmState;
}

export interface Change extends DecidedChange {
  /** 1, 2, 3, … without gaps, in the order of commits. */
  readonly number: number;
  /** When it was committed, milliseconds since 1970; never less than that of the change before. */
  readonly atMs: number;
}

/** The change that leads from one state to the other, or `undefined` where no reader can tell them apart. */
export function changeBetween(
  before: FilmState | undefined,
  after: FilmState,
): Omit<DecidedChange, "updateId" | "provider"> | undefined {
  const common = { movieId: after.id, before, after };
  switch (after.status) {
    case "merged":
      // An id that was never given out needs no announcement of where it leads, as long as its film's change tells.
      if (before === undefined || (before.status === "merged" && before.into === after.into))
        return undefined;
      return { ...common, kind: "merged", into: after.into };
    case "withdrawn":
      return before?.status === "withdrawn" ? undefined : { ...common, kind: "withdrawn" };
    case "live":
      if (before?.status === "merged") return { ...common, kind: "split", from: before.into };
      if (before?.status !== "live") return { ...common, kind: "created" };
      return sameContent(before.content, after.content) ? undefined : { ...common, kind: "updated" };
  }
}

/** Content is always built in the same order of keys, so its text tells. */
export function sameContent(a: MovieContent, b: MovieContent): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export function sameState(a: FilmState | undefined, b: FilmState): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

export interface FieldChange {
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Each field that differs between two states of a film, with its value before and after. */
export function fieldChanges(
  before: FilmState | undefined,
  after: FilmState,
): Readonly<Record<string, FieldChange>> {
  const old = contentOf(before);
  const now = contentOf(after);
  const changes: Record<string, FieldChange> = {};
  for (const field of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (field === "id" || JSON.stringify(old[field]) === JSON.stringify(now[field])) continue;
    changes[field] = {
      ...(old[field] === undefined ? {} : { before: old[field] }),
      ...(now[field] === undefined ? {} : { after: now[field] }),
    };
  }
  return changes;
}

function contentOf(state: FilmState | undefined): Readonly<Record<string, unknown>> {
  return state?.status === "live" ? state.content : {};
}
