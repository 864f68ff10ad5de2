/** Repositories whose searches break one promise each. The contract has to tell each of them, and say what is wrong. */

import { describe, expect, test } from "vitest";
import { MemoryMovieRepository } from "../memory/movie-repository.ts";
import type { StoredFilm } from "../movie.ts";
import { comparePositions, type Position, positionOf, type Sort } from "../page-order.ts";
import { type MovieQuery, matches } from "../query.ts";
import { eachFilm } from "../verify.ts";
import { runContract } from "./contract.ts";
import { movieRepositoryContract } from "./movie-repository-contract.ts";

/** Searches on its own, in an order and with a comparison that variants choose. */
class SearchesItself extends MemoryMovieRepository {
  override async find(query: MovieQuery) {
    const films: StoredFilm[] = [];
    for await (const film of eachFilm(this)) if (await this.isFound(query, film)) films.push(film);
    const { after, limit, sort } = query;
    const found = films
      .filter((film) => after === undefined || this.isBehind(sort, placeOf(sort, film), after))
      .sort((a, b) => this.order(sort, placeOf(sort, a), placeOf(sort, b)));
    return { films: found.slice(0, limit), more: found.length > limit, version: await this.version() };
  }
  async isFound(query: MovieQuery, { state }: StoredFilm): Promise<boolean> {
    return state.status === "live" && matches(query, state.content);
  }
  isBehind(sort: Sort, place: Position, after: Position): boolean {
    return this.order(sort, place, after) > 0;
  }
  order(sort: Sort, a: Position, b: Position): number {
    return comparePositions(sort, a, b);
  }
}

function placeOf(sort: Sort, { state, version }: StoredFilm): Position {
  return state.status === "live" ? positionOf(sort, state.content, version) : { key: 0, id: state.id };
}

class SortsTiesDownwards extends SearchesItself {
  override order(sort: Sort, a: Position, b: Position): number {
    return a.key === b.key ? comparePositions(sort, b, a) : comparePositions(sort, a, b);
  }
}

class SortsByUtf16 extends SearchesItself {
  override order(sort: Sort, a: Position, b: Position): number {
    if (typeof a.key === "number" || typeof b.key === "number" || a.key === b.key)
      return comparePositions(sort, a, b);
    return (a.key < b.key ? -1 : 1) * (sort.startsWith("-") ? -1 : 1);
  }
}

/** Sorts by an index over the first 255 characters. */
class SortsByPrefix extends SearchesItself {
  override order(sort: Sort, a: Position, b: Position): number {
    const cut = ({ key, id }: Position) => ({ key: typeof key === "string" ? key.slice(0, 255) : key, id });
    return comparePositions(sort, cut(a), cut(b));
  }
}

/** `>=` where `>` is meant. */
class RepeatsTheLastFilm extends SearchesItself {
  override isBehind(sort: Sort, place: Position, after: Position): boolean {
    return comparePositions(sort, place, after) >= 0;
  }
}

/** Goes on behind the key alone, so films that tie with the last one are skipped. */
class SkipsTies extends SearchesItself {
  override isBehind(sort: Sort, place: Position, after: Position): boolean {
    return place.key !== after.key && comparePositions(sort, place, after) > 0;
  }
}

/** Compares names as they were written. */
class MindsTheCase extends SearchesItself {
  override async isFound(query: MovieQuery, film: StoredFilm) {
    if (film.state.status !== "live" || !(await super.isFound(query, film))) return false;
    const { cast = [] } = film.state.content;
    return query.all.every((each) => !each.startsWith("c:") || cast.includes(each.slice(2)));
  }
}

/** `LIKE` without escaping. */
class TakesSignsForPatterns extends SearchesItself {
  override async isFound(query: MovieQuery, film: StoredFilm) {
    if (query.contains === undefined || film.state.status !== "live") return super.isFound(query, film);
    const pattern = query.contains
      .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
      .replaceAll("%", ".*")
      .replaceAll("_", ".");
    return new RegExp(pattern).test(film.state.content.title.toLowerCase());
  }
}

/** Writes new postings and leaves the old ones. */
class FindsByOldNames extends SearchesItself {
  override async isFound(query: MovieQuery, film: StoredFilm) {
    if (film.state.status !== "live") return false;
    const history = await this.history(film.state.id, { after: 0, limit: 1_000 });
    return history.some(({ after }) => after.status === "live" && matches(query, after.content));
  }
}

class FindsWithdrawnFilms extends SearchesItself {
  override async isFound(query: MovieQuery, film: StoredFilm) {
    return film.state.status === "withdrawn" || super.isFound(query, film);
  }
}

type Variant = readonly [variant: typeof MemoryMovieRepository, failing: string, message: RegExp];

const VARIANTS: readonly Variant[] = [
  [
    SortsTiesDownwards,
    "find: the pages of sort -year give each film once, in a total order",
    /wrong order at place \d+/,
  ],
  [SortsByUtf16, "find: titles are in the order of their UTF-8 bytes", /sort title: not as expected/],
  [
    SortsByUtf16,
    "find: the pages of sort title give each film once, in a total order",
    /wrong order at place \d+/,
  ],
  [
    SortsByPrefix,
    "find: titles that differ only at their end are told apart and kept in order",
    /one a page/,
  ],
  [
    RepeatsTheLastFilm,
    "find: the pages of sort title give each film once, in a total order",
    /given more than once: .*100% Wolf/,
  ],
  [SkipsTies, "find: the pages of sort -year give each film once, in a total order", /\d+ missing: /],
  [MindsTheCase, "find: names match whatever their case, accents and spaces", /RENEE/],
  [MindsTheCase, "find: all of several cast members and genres", /missing: /],
  [
    TakesSignsForPatterns,
    "find: signs are taken literally, also those that a database gives a meaning",
    /titles that contain 100%/,
  ],
  [
    FindsByOldNames,
    "find: a film is found by what it is now, and no longer by what it was",
    /found by {"title":"old"}/,
  ],
  [
    FindsWithdrawnFilms,
    "a film is created, updated, withdrawn and created again under one id",
    /after the withdrawal/,
  ],
];

describe("the repository contract tells a repository that", () => {
  for (const [Variant, failing, message] of VARIANTS) {
    test(`${Variant.name}, by the case "${failing}"`, async () => {
      const cases = movieRepositoryContract(async () => ({ repository: new Variant() }));
      const failures = await runContract(cases.filter((each) => each.name === failing));
      expect(failures.map((failure) => failure.name)).toEqual([failing]);
      expect(failures[0]?.message).toMatch(message);
    });
  }
});
