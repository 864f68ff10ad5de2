/** Repositories whose values and suggestions break one promise each. The contract has to tell each of them. */

import { describe, expect, test } from "vitest";
import type { KeptValue, ValueQuery } from "../kept-values.ts";
import { MemoryMovieRepository } from "../memory/movie-repository.ts";
import { peopleOf, wordsNearOf } from "../memory/suggestions.ts";
import type { StoredFilm } from "../movie.ts";
import type { PeopleQuery } from "../movie-repository.ts";
import { keysOfName } from "../name-keys.ts";
import { compareText } from "../normalise.ts";
import { runContract } from "./contract.ts";
import { allStored } from "./films.ts";
import { movieRepositoryContract } from "./movie-repository-contract.ts";

const EVERYBODY = { beginnings: [""], limit: Number.MAX_SAFE_INTEGER };

/** Says `>=` where `>` is meant. */
class RepeatsTheLastValue extends MemoryMovieRepository {
  override async values(query: ValueQuery) {
    const page = await super.values(query);
    const { values } = await super.values({ ...query, after: "", limit: 1_000 });
    const last = values.filter(({ key }) => key === query.after);
    return { ...page, values: [...last, ...page.values].slice(0, query.limit) };
  }
}

class NeverSaysMore extends MemoryMovieRepository {
  override async values(query: ValueQuery) {
    return { ...(await super.values(query)), more: false };
  }
}

/** Keeps the first spelling that it has seen. */
class KeepsTheFirstSpelling extends MemoryMovieRepository {
  readonly #names = new Map<string, string>();
  override async values(query: ValueQuery) {
    const page = await super.values(query);
    const values = page.values.map((value) => {
      const name = this.#names.get(query.kind + value.key) ?? value.name;
      this.#names.set(query.kind + value.key, name);
      return { ...value, name };
    });
    return { ...page, values };
  }
}

/** Adds for every film written, and never takes away. */
class NeverCountsDown extends MemoryMovieRepository {
  readonly #most = new Map<string, number>();
  override async values(query: ValueQuery) {
    const page = await super.values(query);
    const values = page.values.map((value) => {
      const films = Math.max(value.films, this.#most.get(query.kind + value.key) ?? 0);
      this.#most.set(query.kind + value.key, films);
      return { ...value, films };
    });
    return { ...page, values };
  }
}

/** Sorts all people itself. */
class RanksPeopleItself extends MemoryMovieRepository {
  order(a: KeptValue, b: KeptValue): number {
    return b.films - a.films || compareText(a.key, b.key);
  }
  override async people(query: PeopleQuery) {
    const page = await super.people({ ...query, limit: Number.MAX_SAFE_INTEGER });
    const people = page.people.toSorted((a, b) => this.order(a, b)).slice(0, query.limit);
    return { ...page, people };
  }
}

class RanksByName extends RanksPeopleItself {
  override order(a: KeptValue, b: KeptValue): number {
    return compareText(a.key, b.key);
  }
}

/** Looks at the first word of a name only. */
class KnowsFirstWordsOnly extends MemoryMovieRepository {
  override async people(query: PeopleQuery) {
    const page = await super.people({ ...query, limit: Number.MAX_SAFE_INTEGER });
    const people = page.people.filter(({ key }) =>
      query.beginnings.some((beginning) => keysOfName(key)[0]?.startsWith(beginning)),
    );
    return { ...page, people: people.slice(0, query.limit) };
  }
}

/** Reads as many keys as people are asked for, and then leaves out who is there already. */
class ReadsTooFewKeys extends MemoryMovieRepository {
  override async people(query: PeopleQuery) {
    const page = await super.people({ ...query, limit: Number.MAX_SAFE_INTEGER });
    const keys = page.people.flatMap((person) =>
      keysOfName(person.key)
        .filter((key) => query.beginnings.some((beginning) => key.startsWith(beginning)))
        .map((key) => ({ key, person })),
    );
    const people = new Set(keys.slice(0, query.limit).map(({ person }) => person));
    return { ...page, people: [...people] };
  }
}

/** Adds keys and words, and never takes one away. */
class RemembersTheGone extends MemoryMovieRepository {
  readonly #seen = new Map<string, StoredFilm>();
  async #everSeen(): Promise<readonly StoredFilm[]> {
    for (const film of await allStored(this)) {
      if (film.state.status === "live") this.#seen.set(film.state.id + film.json, film);
    }
    return [...this.#seen.values()];
  }
  override async people(query: PeopleQuery) {
    const { people: living, version } = await super.people(EVERYBODY);
    const people = peopleOf(await this.#everSeen(), { ...query, limit: Number.MAX_SAFE_INTEGER }).map(
      (person) => living.find(({ key }) => key === person.key) ?? person,
    );
    return { people: people.slice(0, query.limit), version };
  }
  override async wordsNear(word: string) {
    return { ...wordsNearOf(await this.#everSeen(), word), version: await this.version() };
  }
}

class RemembersGoneWords extends RemembersTheGone {
  override async people(query: PeopleQuery) {
    return { people: [...peopleOf(await allStored(this), query)], version: await this.version() };
  }
}

class CorrectsWhatIsRight extends MemoryMovieRepository {
  override async wordsNear(word: string) {
    return { ...(await super.wordsNear(word)), begins: false };
  }
}

/** Knows substitutions, letters too many and letters missing. */
class ForgetsExchanges extends MemoryMovieRepository {
  override async wordsNear(word: string) {
    const found = await super.wordsNear(word);
    const letters = [...word];
    const exchanged = letters.slice(1).map((_, at) => {
      const other = [...letters];
      other.splice(at, 2, letters[at + 1] as string, letters[at] as string);
      return other.join("");
    });
    const isExchanged = (each: string) => exchanged.some((text) => each.startsWith(text));
    return { ...found, near: found.near.filter((each) => !isExchanged(each.word)) };
  }
}

class TriesFewerWords extends MemoryMovieRepository {
  override async wordsNear(word: string) {
    const found = await super.wordsNear(word);
    return { ...found, near: found.near.slice(0, 1_000) };
  }
}

class CountsAllTitlesOnce extends MemoryMovieRepository {
  override async wordsNear(word: string) {
    const found = await super.wordsNear(word);
    return { ...found, near: found.near.map((each) => ({ ...each, uses: Math.min(each.uses, 1) })) };
  }
}

const PAGES = "values: the pages of kind cast give each value once, with its films";
const PEOPLE = "people: by any word of their name, those with many films first";
const ONCE = "people: everybody once, however many of their words begin alike";
const NEAR = "wordsNear: words one typing error away, unless the typed one begins a word";
const MANY = "wordsNear: the first words by bytes, where very many are near";
const GONE = "wordsNear: a word is gone with the last film or person that had it";
const FOLLOW = "values, people and words follow updates, merges and withdrawals";

type Variant = readonly [variant: typeof MemoryMovieRepository, failing: string, message: RegExp];

const VARIANTS: readonly Variant[] = [
  [RepeatsTheLastValue, PAGES, /values of cast/],
  [RepeatsTheLastValue, "values: a page can begin anywhere, also where no value is", /values\(/],
  [NeverSaysMore, PAGES, /more, behind \d+ values/],
  [KeepsTheFirstSpelling, "values: a name is written as the newest film writes it", /cast of three films/],
  [NeverCountsDown, "values: a name is written as the newest film writes it", /newest film is withdrawn/],
  [RanksPeopleItself, PEOPLE, /wrong order at place \d+|missing/],
  [RanksByName, PEOPLE, /wrong order at place \d+|missing/],
  [KnowsFirstWordsOnly, PEOPLE, /missing/],
  [ReadsTooFewKeys, ONCE, /missing/],
  [RemembersTheGone, FOLLOW, /people\(/],
  [RemembersGoneWords, FOLLOW, /wordsNear\(/],
  [RemembersGoneWords, GONE, /wordsNear\("/],
  [CorrectsWhatIsRight, NEAR, /begins/],
  [ForgetsExchanges, NEAR, /wordsNear\(/],
  [CountsAllTitlesOnce, NEAR, /uses/],
  [TriesFewerWords, MANY, /wordsNear\(/],
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
