/** Uncached suggestions, by kind of typed text and number of films, on SQLite and on MySQL. */

import { hash } from "node:crypto";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { type MovieRepository, MovieStore } from "@movie-store/core";
import { type Film, randomNumbers, scaledFilms } from "./corpus.ts";
import { filledMySqlStore } from "./mysql-store.ts";
import { type Figure, percentile } from "./report.ts";
import { storeInMemory } from "./scaled-store.ts";

const TEXTS_A_KIND = 300;
const WARM_UP = 50;
const LIMIT_MS = 5;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

type Draw = <T>(values: readonly T[]) => T;

const wordsOf = (text: string) => text.match(/[\p{L}\p{N}]+/gu) ?? ["the"];
const longWordOf = (text: string, draw: Draw) =>
  draw(wordsOf(text).filter((word) => word.length >= 5)) ?? "martin";
const begun = (text: string, length: number) => [...text].slice(0, length).join("");

/** What people type, drawn from a film that is in the store. */
const KINDS: Readonly<Record<string, (film: Film, draw: Draw) => string>> = {
  "one letter": (_, draw) => draw([...LETTERS]),
  "two letters": (_, draw) => draw([...LETTERS]) + draw([..."aeiou"]),
  "a beginning of a title": (film, draw) => begun(film.title, draw([3, 4, 6, 8, 12])),
  "a whole title": (film) => film.title.slice(0, 200),
  "a word of a title": (film, draw) => begun(draw(wordsOf(film.title)), draw([3, 4, 5, 9])),
  "a common word and a letter": (_, draw) =>
    `${draw(["the", "a", "of", "in", "love", "man"])} ${draw([...LETTERS])}`,
  "two common words": (_, draw) =>
    `${draw(["the", "a", "my"])} ${draw(["man", "love", "girl", "night", "la"])}`,
  "a first name": (film, draw) => begun(draw(film.cast), draw([2, 3, 4, 5])),
  "a last name": (film, draw) => begun(wordsOf(draw(film.cast)).at(1) ?? "smith", draw([2, 3, 4, 6, 9])),
  "a first name and some letters": (film, draw) => draw(film.cast).replace(/(?<=\s\S{1,3}).*$/u, ""),
  "a typing error in a title": (film, draw) => misspelt(longWordOf(film.title, draw), draw),
  "a typing error in a name": (film, draw) => misspelt(longWordOf(draw(film.cast), draw), draw),
  "an error behind a right word": (film, draw) => `the ${misspelt(longWordOf(film.title, draw), draw)}`,
  "words that do not meet": (film, draw) => `${draw(film.cast)} ${draw(wordsOf(film.title))}`,
  "no word at all": (_, draw) => `${draw([..."qxzj"])}${draw([..."qxzj"])}${draw([...LETTERS])}qxwv`,
  "no word, twice": (_, draw) => `xqz${draw([...LETTERS])}vk jq${draw([...LETTERS])}xzw`,
};

/** @param mysql whose stores are asked instead of SQLite's. */
export async function measureSuggest(
  real: readonly Film[],
  sizes: readonly number[],
  mysql?: string,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of sizes) {
    const repository =
      mysql === undefined
        ? SqliteMovieRepository.open({ path: await storeInMemory(real, size) })
        : (await filledMySqlStore(mysql, real, size)).repository;
    const where = mysql === undefined ? "SQLite" : "MySQL";
    figures.push(...(await figuresOf(where, repository, real, size)));
    await repository.close();
  }
  return figures;
}

async function figuresOf(
  where: string,
  repository: MovieRepository,
  real: readonly Film[],
  size: number,
): Promise<readonly Figure[]> {
  const store = new MovieStore({
    repository,
    cache: null,
    digest: (text) => hash("sha1", text, "base64url"),
  });
  const random = randomNumbers(11);
  const draw: Draw = (values) => values[Math.floor(random() * values.length)] as (typeof values)[number];
  const every = Math.ceil(size / 5_000);
  const films = [...scaledFilms(real, size)].filter(
    ({ cast, title }, at) => at % every === 0 && cast.length > 0 && /\p{L}/u.test(title),
  );
  const figures: Figure[] = [];
  for (const [kind, type] of Object.entries(KINDS)) {
    const texts = Array.from({ length: TEXTS_A_KIND }, () => type(draw(films), draw));
    for (const text of texts.slice(0, WARM_UP)) await store.suggest(text);
    const times: number[] = [];
    let answered = 0;
    for (const text of texts.slice(WARM_UP)) {
      const started = performance.now();
      const { text: answer } = await store.suggestText(text);
      times.push(performance.now() - started);
      if (!answer.startsWith('{"suggestions":[]')) answered++;
    }
    const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
    const share = Math.round((100 * answered) / times.length);
    figures.push({
      name: `${where}, suggest ${kind}, ${size.toLocaleString("en")} films`,
      value: `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms (${share} % answered)`,
      amounts: { p50, p99 },
      limit: `p99 < ${LIMIT_MS} ms`,
      met: p99 < LIMIT_MS,
    });
  }
  return figures;
}

/** A letter too many, one missing, another one, or two exchanged. */
function misspelt(word: string, draw: Draw): string {
  const letters = [...word];
  const at = draw(letters.map((_, place) => place).slice(0, -1));
  const error = draw([0, 1, 2, 3]);
  if (error === 0) letters.splice(at, 1);
  else if (error === 1) letters.splice(at, 0, draw([...LETTERS]));
  else if (error === 2) letters.splice(at, 1, draw([...LETTERS]));
  else letters.splice(at, 2, ...letters.slice(at, at + 2).reverse());
  return letters.join("");
}
