/** The reference implementation of kept values and suggestions: they are made of all films whenever they are asked for. */

import {
  type KeptValue,
  namesIn,
  spellingOf,
  termOfValue,
  type ValueKind,
  type ValueQuery,
} from "../kept-values.ts";
import type { MovieContent, StoredFilm } from "../movie.ts";
import type { PeopleQuery } from "../movie-repository.ts";
import { keysOfName, type NameKey, tierOf } from "../name-keys.ts";
import { compareText, normaliseName } from "../normalise.ts";
import { comparePositions, positionOf } from "../page-order.ts";
import { deletionsOfStart, MAX_WORDS_TRIED, type NearWord, nearBeginning, startOfWord } from "../spelling.ts";
import { isSuggested, vocabularyOf } from "../suggestion-rows.ts";
import { termsOf } from "../terms.ts";

export function valuesOf(
  films: Iterable<StoredFilm>,
  query: ValueQuery,
): { readonly values: readonly KeptValue[]; readonly more: boolean } {
  const values = allValues(films, query.kind)
    .filter(({ key }) => key.startsWith(query.prefix) && compareText(key, query.after) > 0)
    .sort((a, b) => compareText(a.key, b.key));
  return { values: values.slice(0, query.limit), more: values.length > query.limit };
}

export function peopleOf(films: Iterable<StoredFilm>, query: PeopleQuery): readonly KeptValue[] {
  const found: (NameKey & { readonly person: KeptValue })[] = [];
  for (const person of allValues(films, "cast")) {
    const tier = tierOf(person.films);
    const [key] = keysOfName(person.key)
      .filter((each) => query.beginnings.some((beginning) => each.startsWith(beginning)))
      .sort(compareText);
    if (key !== undefined) found.push({ tier, key, person });
  }
  return found
    .sort((a, b) => b.tier - a.tier || compareText(a.key, b.key))
    .slice(0, query.limit)
    .map(({ person }) => person);
}

export function wordsNearOf(
  films: Iterable<StoredFilm>,
  typed: string,
): { readonly begins: boolean; readonly near: readonly NearWord[] } {
  const uses = new Map<string, number>();
  const people = new Set<string>();
  for (const { state } of films) {
    if (state.status !== "live") continue;
    for (const name of termsOf(state.content).filter(isSuggested)) {
      // A title counts for each film, a person once.
      if (name.startsWith("c:") && people.has(name)) continue;
      people.add(name);
      for (const word of vocabularyOf(name)) uses.set(word, (uses.get(word) ?? 0) + 1);
    }
  }
  const words = [...uses.keys()].sort(compareText);
  if (words.some((word) => word.startsWith(typed))) return { begins: true, near: [] };
  const deletions = new Set(deletionsOfStart(startOfWord(typed)));
  const tried = words
    .filter((word) => deletionsOfStart(startOfWord(word)).some((each) => deletions.has(each)))
    .slice(0, MAX_WORDS_TRIED);
  const near = tried.filter((word) => nearBeginning(typed, word) !== undefined);
  return { begins: false, near: near.map((word) => ({ word, uses: uses.get(word) ?? 0 })) };
}

function allValues(films: Iterable<StoredFilm>, kind: ValueKind): KeptValue[] {
  const found = new Map<string, MovieContent[]>();
  for (const { state } of films) {
    if (state.status !== "live") continue;
    for (const key of new Set(namesIn(state.content, kind).map(normaliseName))) {
      const contents = found.get(key);
      if (contents === undefined) found.set(key, [state.content]);
      else contents.push(state.content);
    }
  }
  return [...found].map(([key, contents]) => {
    const newest = contents.reduce((a, b) => (isNewer(b, a) ? b : a));
    const name = spellingOf(newest, kind, (term) => term === termOfValue(kind, key));
    return { key, name: name ?? key, films: contents.length };
  });
}

function isNewer(a: MovieContent, b: MovieContent): boolean {
  return comparePositions("-year", positionOf("-year", a, 0), positionOf("-year", b, 0)) < 0;
}
