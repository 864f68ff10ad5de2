/**
 * What someone who types may be looking for: films and people.
 *
 * Films: first those whose title begins with the text, by title; then those that have all its words, the last of them
 * perhaps unfinished, newest first. People: those one of whose words the text begins at, see name-keys.ts. Either kind
 * gets half of the places, and those that the other leaves.
 *
 * Words that begin no word of any title or name are corrected, see spelling.ts; then the films are those of the
 * likeliest corrected text that has any, and the people those of all corrected texts.
 */

import type { SuggestAnswer, Suggestion } from "./answers.ts";
import { MovieStoreError } from "./errors.ts";
import { LIMITS } from "./facts.ts";
import type { KeptValue } from "./kept-values.ts";
import type { MovieContent, StoredFilm } from "./movie.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { allWordsOf, beginningOfKeys } from "./name-keys.ts";
import { normaliseName, wordsOf } from "./normalise.ts";
import { comparePositions, positionOf } from "./page-order.ts";
import { planQuery } from "./query.ts";
import { correctionsOf, MAX_CORRECTED, MIN_CORRECTED } from "./spelling.ts";
import { sortTitle } from "./terms.ts";

export interface SuggestOptions {
  /** 1 to 20; default 10. */
  readonly limit?: number;
  /** The answer has to reflect this change; default 0: any will do. */
  readonly minVersion?: number;
}

export interface SuggestQuery {
  /** Normalised. */
  readonly text: string;
  readonly limit: number;
}

/** In UTF-16 units. */
export const MAX_SUGGEST_TEXT = 200;
export const MAX_SUGGESTIONS = 20;
const DEFAULT_LIMIT = 10;
/** A text of more words is not corrected, nor one of which more than so many are wrong. */
const MAX_CORRECTED_TEXT = 10;
const MAX_WRONG = 2;
/** So many corrected texts are looked for. */
const MAX_TEXTS = 3;
/** Before every film. */
const FIRST_ID = "0".repeat(16);

/** @throws MovieStoreError `invalid-query`; `field` is `q` or `limit`. */
export function planSuggest(text: string, limit = DEFAULT_LIMIT): SuggestQuery {
  if (text.length > MAX_SUGGEST_TEXT) throw invalid("q", `has more than ${MAX_SUGGEST_TEXT} characters`);
  if (!text.isWellFormed() || text.includes("\0")) throw invalid("q", "is not clean text");
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_SUGGESTIONS)
    throw invalid("limit", `is not from 1 to ${MAX_SUGGESTIONS}`);
  const name = normaliseName(text);
  // Some signs unfold to whole phrases.
  if (name.length > LIMITS.title) throw invalid("q", "is too long");
  return { text: name, limit };
}

export async function readSuggestions(
  repository: MovieRepository,
  { text, limit }: SuggestQuery,
): Promise<SuggestAnswer> {
  if (text === "") return { suggestions: [], version: await repository.version() };
  const corrected = await correctedTexts(repository, text);
  const texts = corrected.texts.length === 0 ? [text] : corrected.texts;
  const { suggestions, version } = await suggestionsOf(repository, texts, limit);
  // The answer is as old as the oldest part of it.
  return { suggestions, version: Math.min(version, corrected.version) };
}

async function suggestionsOf(
  repository: MovieRepository,
  texts: readonly string[],
  limit: number,
): Promise<SuggestAnswer> {
  const [movies, people] = await Promise.all([
    moviesOf(repository, texts, limit),
    peopleOf(repository, texts, limit),
  ]);
  const places = Math.max(Math.ceil(limit / 2), limit - people.found.length);
  const films = movies.found.slice(0, places).map(movieSuggestion);
  const persons = people.found.slice(0, limit - films.length).map(personSuggestion);
  return { suggestions: [...films, ...persons], version: Math.min(movies.version, people.version) };
}

interface Found<T> {
  readonly found: readonly T[];
  readonly version: number;
}

/** The films of the first text that has any. */
async function moviesOf(
  repository: MovieRepository,
  texts: readonly string[],
  limit: number,
): Promise<Found<MovieContent>> {
  let version = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    const { found, ...read } = await moviesOfText(repository, text, limit);
    version = Math.min(version, read.version);
    if (found.length > 0) return { found, version };
  }
  return { found: [], version };
}

/**
 * A film whose title begins with the text has its words as well. So either search may make the other needless: enough
 * titles that begin with the text, or so few films with its words that these are all there is to put in order. Short
 * words are common, so the titles are looked at first where there are no others.
 */
async function moviesOfText(
  repository: MovieRepository,
  text: string,
  limit: number,
): Promise<Found<MovieContent>> {
  const words = wordsOf(text);
  if (words.every((word) => word.length < MIN_CORRECTED)) {
    const titles = await readTitles(repository, text, limit);
    if (titles.found.length === limit || words.length === 0) return titles;
    return joined(titles, await readNamed(repository, text, limit));
  }
  const named = await readNamed(repository, text, limit);
  if (named.more) return joined(await readTitles(repository, text, limit), named);
  const titles = named.found.filter((content) => sortTitle(content).startsWith(text)).sort(byTitle);
  return joined({ ...named, found: titles }, named);

  function joined(first: Found<MovieContent>, second: Found<MovieContent>): Found<MovieContent> {
    const films = new Map([...first.found, ...second.found].map((content) => [content.id, content]));
    return { found: [...films.values()].slice(0, limit), version: Math.min(first.version, second.version) };
  }
}

/** Titles that begin with the text, in their order: behind it in the order of titles they come first. */
async function readTitles(
  repository: MovieRepository,
  text: string,
  limit: number,
): Promise<Found<MovieContent>> {
  const { query } = planQuery({ sort: "title", limit });
  const { films, version } = await repository.find({ ...query, after: { key: text, id: FIRST_ID } });
  return { found: contentsOf(films).filter((content) => sortTitle(content).startsWith(text)), version };
}

/** Films that have the words of the text, newest first. */
async function readNamed(
  repository: MovieRepository,
  text: string,
  limit: number,
): Promise<Found<MovieContent> & { readonly more: boolean }> {
  const { query } = planQuery({ title: text, match: "prefix", limit });
  const { films, more, version } = await repository.find(query);
  return { found: contentsOf(films), more, version };
}

function byTitle(a: MovieContent, b: MovieContent): number {
  return comparePositions("title", positionOf("title", a, 0), positionOf("title", b, 0));
}

function contentsOf(films: readonly StoredFilm[]): MovieContent[] {
  return films.flatMap(({ state }) => (state.status === "live" ? [state.content] : []));
}

async function peopleOf(
  repository: MovieRepository,
  texts: readonly string[],
  limit: number,
): Promise<Found<KeptValue>> {
  const beginnings = [...new Set(texts.map(beginningOfKeys))].filter((beginning) => beginning !== "");
  if (beginnings.length === 0) return { found: [], version: Number.POSITIVE_INFINITY };
  const { people, version } = await repository.people({ beginnings, limit });
  return { found: people, version };
}

function movieSuggestion({ id, title, year }: MovieContent): Suggestion {
  return { kind: "movie", id, title, ...(year === undefined ? {} : { year }) };
}

function personSuggestion({ name, films }: KeptValue): Suggestion {
  return { kind: "person", name, films };
}

// ---- corrections ----

/** The texts that may have been meant, the likeliest first; none where all words are right, or one can't be corrected. */
async function correctedTexts(
  repository: MovieRepository,
  text: string,
): Promise<{ readonly texts: readonly string[]; readonly version: number }> {
  const words = allWordsOf(text);
  if (words.length > MAX_CORRECTED_TEXT) return { texts: [], version: Number.POSITIVE_INFINITY };
  const looked = await Promise.all(
    words.map(async (word) => {
      const { length } = [...word];
      const isTried = length >= MIN_CORRECTED && length <= MAX_CORRECTED;
      return isTried ? repository.wordsNear(word) : undefined;
    }),
  );
  const version = Math.min(...looked.map((each) => each?.version ?? Number.POSITIVE_INFINITY));
  const choices = words.map((word, at) => {
    const { begins = true, near = [] } = looked[at] ?? {};
    return begins ? [word] : correctionsOf(word, near, at === words.length - 1).slice(0, MAX_TEXTS);
  });
  const wrong = looked.filter((each) => each?.begins === false).length;
  const isHopeless = wrong === 0 || wrong > MAX_WRONG || choices.some((choice) => choice.length === 0);
  return { texts: isHopeless ? [] : combined(choices).map((chosen) => withWords(text, chosen)), version };
}

function combined(choices: readonly (readonly string[])[]): readonly (readonly string[])[] {
  let texts: readonly (readonly string[])[] = [[]];
  for (const choice of choices)
    texts = texts.flatMap((text) => choice.map((word) => [...text, word])).slice(0, MAX_TEXTS);
  return texts;
}

/** The text with other words, and all that stands between them as it was. */
function withWords(text: string, words: readonly string[]): string {
  let at = 0;
  return text.replace(/[\p{L}\p{N}]+/gu, (word) => words[at++] ?? word);
}

function invalid(field: string, why: string): MovieStoreError {
  return new MovieStoreError("invalid-query", `${field} ${why}`, { field });
}
