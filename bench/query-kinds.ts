/** Searches of every kind, asked for films that are in the store. */

import { type FindParameters, normaliseName, SORTS, type Sort, writeCursor } from "@movie-store/core";
import { type Film, randomNumbers, scaledFilms } from "./corpus.ts";

type Draw = <T>(values: readonly T[]) => T;

/** A film of the store. */
interface Drawn extends Film {
  /** How many films came before it. */
  readonly at: number;
}

type Ask = (film: Drawn, draw: Draw) => FindParameters;

/** Asks the store. @returns the cursor behind the page, null behind the last one. */
export type NextCursor = (question: FindParameters) => Promise<string | null>;

/** Words of a thousandth of all titles and more; few films have one of the first and one of the second. */
const COMMON_WORDS = ["the", "of", "a", "in", "and", "to", "man", "love"];
const OTHER_COMMON_WORDS = ["night", "lady", "life", "big", "trail", "heart", "city", "devil"];
/** Half of all ids are before it. */
const MIDDLE_ID = "g000000000000000";
/** The films of 49 pages, in so many requests. */
const [WALK_REQUESTS, WALK_LIMIT] = [10, 98];
/** Walks take long; their last pages are asked for in turn. */
const WALKS = 40;

const wordsOf = (film: Film) => film.title.match(/[\p{L}\p{N}]+/gu) ?? ["the"];
const wordOf = (film: Film, draw: Draw) => draw(wordsOf(film));
const genreOf = (film: Film, draw: Draw) => ({ genre: [draw(film.genres)] });
const yearsAround = (film: Film) => ({ year: [`${film.year - 5}..${film.year + 5}`] });
const otherSorts = SORTS.filter((sort) => sort !== "-year");

const bySort = (sorts: readonly Sort[], kind: (sort: Sort) => string, ask: (sort: Sort) => Ask) =>
  Object.fromEntries(sorts.map((sort) => [kind(sort), ask(sort)]));

/** One kind of query each, asked for films drawn from the store; sorted by `-year` where nothing is said. */
const KINDS: Readonly<Record<string, Ask>> = {
  year: (film) => ({ year: [`${film.year}`] }),
  "year range": yearsAround,
  "title word": (film, draw) => ({ title: wordOf(film, draw) }),
  "title, all words": (film) => ({ title: film.title }),
  "title, rare + common word": (film, draw) => ({ title: `${longestWordOf(film)} ${draw(COMMON_WORDS)}` }),
  "title, two common words": (_, draw) => ({ title: `${draw(COMMON_WORDS)} ${draw(OTHER_COMMON_WORDS)}` }),
  "title prefix": (film, draw) => ({
    title: wordOf(film, draw).slice(0, draw([1, 2, 3, 4, 5])),
    match: "prefix",
  }),
  "title exact": (film) => ({ title: film.title, match: "exact" }),
  "title contains": (film, draw) => ({
    title: film.title.slice(draw([0, 1, 2])).slice(0, draw([2, 3, 4, 6, 8])),
    match: "contains",
  }),
  cast: (film, draw) => ({ cast: [draw(film.cast)] }),
  genre: genreOf,
  "cast + genre": (film, draw) => ({ cast: [draw(film.cast)], ...genreOf(film, draw) }),
  "genre + year": (film, draw) => ({ ...genreOf(film, draw), year: [`${film.year}`] }),
  "genre + word": (film, draw) => ({ ...genreOf(film, draw), title: wordOf(film, draw) }),
  "cast + genre + years": (film, draw) => ({
    cast: [draw(film.cast)],
    ...genreOf(film, draw),
    ...yearsAround(film),
  }),
  "genre + word + years": (film, draw) => ({
    ...genreOf(film, draw),
    title: wordOf(film, draw),
    ...yearsAround(film),
  }),
  "two genres": (film) => ({ genre: film.genres.slice(0, 2) }),
  "any of two genres": (film, draw) => ({ "genre.any": [draw(film.genres), "Western"] }),
  "genre, not cast": (film, draw) => ({ ...genreOf(film, draw), "cast.not": [draw(film.cast)] }),
  ...bySort(
    otherSorts,
    (sort) => `sort ${sort}`,
    (sort) => (film, draw) => ({ ...genreOf(film, draw), sort }),
  ),
  ...bySort(
    otherSorts,
    (sort) => `year range, sort ${sort}`,
    (sort) => (film) => ({ ...yearsAround(film), sort }),
  ),
  ...bySort(
    SORTS,
    (sort) => `all films, sort ${sort}`,
    (sort) => () => ({ sort }),
  ),
  ...bySort(
    SORTS,
    (sort) => `deep in a genre, sort ${sort}`,
    (sort) => (film, draw) => ({ ...genreOf(film, draw), sort, cursor: cursorAt(sort, film) }),
  ),
};

/**
 * @param size of the store that is asked.
 * @returns `count` questions of each kind, or a few less.
 */
export async function questionsByKind(
  real: readonly Film[],
  size: number,
  count: number,
  nextCursor: NextCursor,
): Promise<ReadonlyMap<string, readonly FindParameters[]>> {
  const every = Math.ceil(size / 5_000);
  const films: Drawn[] = [];
  let at = -1;
  for (const film of scaledFilms(real, size)) {
    if (++at % every === 0 && film.cast.length > 0 && film.genres.length > 0) films.push({ ...film, at });
  }
  const kinds = new Map(Object.entries(KINDS).map(([kind, ask]) => [kind, questionsOf(ask, films, count)]));
  const walks = questionsOf((film, draw) => ({ ...genreOf(film, draw), sort: draw(SORTS) }), films, WALKS);
  const pages: FindParameters[] = [];
  for (const question of walks) pages.push(await atPage50(question, nextCursor));
  return kinds.set(
    "page 50 of a genre, each sort",
    Array.from({ length: count }, (_, turn) => pages[turn % pages.length] as FindParameters),
  );
}

function questionsOf(ask: Ask, films: readonly Drawn[], count: number): readonly FindParameters[] {
  const random = randomNumbers(7);
  const draw: Draw = (values) => values[Math.floor(random() * values.length)] as (typeof values)[number];
  return Array.from({ length: count }, () => ask(draw(films), draw)).filter(
    ({ title }) => title === undefined || title.trim() !== "",
  );
}

/** The longest word of a title is one of its rarest. */
function longestWordOf(film: Film): string {
  return wordsOf(film).reduce((longest, word) => (word.length > longest.length ? word : longest));
}

/** The place of a film in the order of a sort, amid those that tie with it. */
function cursorAt(sort: Sort, film: Drawn): string {
  const isByTitle = sort === "title" || sort === "-title";
  const key = isByTitle ? normaliseName(film.title) : sort === "-updated" ? film.at + 1 : film.year;
  return writeCursor(sort, { key, id: MIDDLE_ID });
}

/** Page after page, as a reader comes there; a list that is shorter is read up to its last page. */
async function atPage50(question: FindParameters, nextCursor: NextCursor): Promise<FindParameters> {
  let reached = question;
  for (let request = 0; request < WALK_REQUESTS; request++) {
    const cursor = await nextCursor({ ...reached, limit: WALK_LIMIT });
    if (cursor === null) break;
    reached = { ...question, cursor };
  }
  return reached;
}
