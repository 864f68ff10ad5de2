/**
 * Stretches of versions that no film with a term has, remembered once a search has walked through them. A film that
 * gets the term later gets a later version with it, so a stretch stays as it was for ever.
 */

import type { MovieQuery } from "@movie-store/core";
import type { Conditions, Group } from "./term-groups.ts";

/** No film with the term has a version above `above`, up to `upTo`. */
export interface VersionGap {
  readonly above: number;
  readonly upTo: number;
}

/** Walking through fewer versions than this is nothing to save. */
const LEAST_GAP = 100;
const REMEMBERED_GAPS = 10_000;

export class VersionGaps {
  /** By the id of the term. */
  readonly #gaps = new Map<number, VersionGap>();

  /** The widest that is known for one of the terms that all films of a page have. */
  widestOf(groups: readonly Group[]): VersionGap | undefined {
    return groups
      .map((group) => this.#gaps.get(onlyTermOf(group) ?? Number.NaN))
      .filter((gap) => gap !== undefined)
      .reduce<VersionGap | undefined>(
        (a, b) => (a === undefined || widthOf(b) > widthOf(a) ? b : a),
        undefined,
      );
  }

  /** @param newest the version of the first film of the page, which was read at `version`; 0 if it has none. */
  learn({ after, years }: MovieQuery, conditions: Conditions, newest: number, version: number): void {
    const { groups, none, contains } = conditions;
    const id = groups[0] === undefined ? undefined : onlyTermOf(groups[0]);
    const isOfTermAlone =
      groups.length === 1 &&
      none.length === 0 &&
      contains === undefined &&
      years.length === 0 &&
      after === undefined;
    if (id === undefined || !isOfTermAlone) return;
    const gap = { above: newest, upTo: version };
    const known = this.#gaps.get(id);
    if (widthOf(gap) < (known === undefined ? LEAST_GAP : widthOf(known))) return;
    if (this.#gaps.size >= REMEMBERED_GAPS) this.#gaps.clear();
    this.#gaps.set(id, gap);
  }
}

function onlyTermOf({ terms }: Group): number | undefined {
  return terms.length === 1 ? terms[0]?.id : undefined;
}

function widthOf({ above, upTo }: VersionGap): number {
  return upTo - above;
}
