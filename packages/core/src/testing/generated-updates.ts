/** Updates as real providers send them: overlapping, renamed, corrected, withdrawn, contradicting each other. */

import type { ReceivedObject } from "../update.ts";
import { encodeUtf8 } from "../utf8.ts";
import { Random } from "./random.ts";

export interface GeneratedUpdatesOptions {
  /** How many objects; default 60. */
  readonly updates?: number;
  /** How many films the providers describe; default 12. Fewer films make more conflicts. */
  readonly films?: number;
  /** Of a hundred objects so many can't be read; default 6. */
  readonly rejectedPercent?: number;
  /** Of a hundred objects so many are delivered once more; default 8. */
  readonly repeatedPercent?: number;
  /** Default `films`. */
  readonly bucket?: string;
  /** Default `providers/`. */
  readonly prefix?: string;
  /** The time of the first object, milliseconds since 1970; default the start of 2024. */
  readonly startMs?: number;
}

/** The start of 2024, where generated times begin. */
export const GENERATED_START_MS = 1_704_067_200_000;

interface Truth {
  readonly number: number;
  readonly title: string;
  readonly year: number;
  readonly cast: readonly string[];
  readonly genres: readonly string[];
}

/** What a provider says of a film in one update. */
interface Statement {
  readonly title: string;
  readonly year: number | undefined;
  readonly cast: readonly string[];
  readonly genres: readonly string[];
  readonly imdb: string | undefined;
  readonly updatedAt: string | undefined;
  readonly withdrawn: boolean;
}

interface Provider {
  readonly name: string;
  readonly extension: "json" | "csv";
  /** Whether its objects carry S3 sequencers. */
  readonly sequenced: boolean;
  /** Whether it dates its statements itself. */
  readonly dated: boolean;
  write(film: Truth, statement: Statement): string;
}

const TITLES = [
  "Carmen",
  "Carmen",
  "The Kid",
  "Amélie",
  "東京物語",
  "Crouching Tiger, Hidden Dragon",
  "🎬 Take Two",
  "Up",
  "M",
  "¡Three Amigos!",
  "100% Wolf",
  "Ολυμπία",
  'The "Good" Life',
  "L'Avventura",
];
const NAMES = [
  "Renée Adorée",
  "三船 敏郎",
  "Buster Keaton",
  "Theda Bara",
  "Ryan O'Neal",
  "Penélope Cruz",
  "Max von Sydow",
];
const GENRES = ["Drama", "Comedy", "Film noir", "Western", "Science Fiction"];

const PROVIDERS: readonly Provider[] = [
  { name: "acme", extension: "json", sequenced: true, dated: true, write: writeCanonical },
  { name: "northlight", extension: "json", sequenced: false, dated: false, write: writeCanonical },
  { name: "wiki-films", extension: "json", sequenced: true, dated: false, write: writeWikipedia },
  { name: "open-db", extension: "json", sequenced: false, dated: false, write: writeOmdb },
  { name: "ciné.fr", extension: "csv", sequenced: true, dated: true, write: writeCsv },
];

/**
 * The same objects for the same seed and options. Each object version is told by its `versionId`; some of them occur
 * twice in the list, as a bucket that notifies twice delivers them.
 *
 * @example
 * ```ts
 * import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
 * import { generatedUpdates } from "@movie-store/core/testing";
 *
 * const store = new MovieStore({ repository: new MemoryMovieRepository() });
 * const receipts = await store.ingestMany(generatedUpdates(7, { updates: 100 }));
 * console.log(receipts.filter((receipt) => receipt.verdict === "rejected").length, "of 100 can't be read");
 * ```
 */
export function generatedUpdates(
  seed: number,
  options: GeneratedUpdatesOptions = {},
): readonly ReceivedObject[] {
  const random = new Random(seed);
  const films = truths(random, options.films ?? 12);
  const versions = new Map<string, string[]>();
  const objects: ReceivedObject[] = [];
  const count = options.updates ?? 60;
  for (let number = 0; objects.length < count; number++) {
    const last = objects.at(-1);
    if (last !== undefined && random.chance(options.repeatedPercent ?? 8)) {
      objects.push(random.pick(objects));
      continue;
    }
    const provider = random.pick(PROVIDERS);
    const film = random.pick(films);
    // Times come out of order, and some of them twice.
    const timeMs = (options.startMs ?? GENERATED_START_MS) + 1_000 * Math.max(0, number - random.integer(8));
    const folder = `${options.prefix ?? "providers/"}${provider.name}/`;
    const key = `${folder}film ${film.number}${random.chance(15) ? "+new" : ""}.${provider.extension}`;
    const earlier = versions.get(key) ?? [];
    const content = contentOf(random, provider, film, earlier, timeMs, options.rejectedPercent ?? 6);
    versions.set(key, [...earlier, content]);
    objects.push({
      bucket: options.bucket ?? "films",
      key,
      versionId: `v${number}`,
      ...(provider.sequenced ? { sequencer: sequencerOf(number, random) } : {}),
      eventTimeMs: timeMs,
      bytes: encodeUtf8(content),
    });
  }
  return objects;
}

function truths(random: Random, count: number): readonly Truth[] {
  return Array.from({ length: count }, (_, number) => ({
    number,
    title: TITLES[number % TITLES.length] as string,
    // Two films of one name and year, as they really exist, and one name in two years.
    year: 1915 + (number < 2 ? 0 : random.integer(90)),
    cast: random.some(NAMES, 1 + random.integer(3)),
    genres: random.some(GENRES, random.integer(3)),
  }));
}

function contentOf(
  random: Random,
  provider: Provider,
  film: Truth,
  earlier: readonly string[],
  timeMs: number,
  rejectedPercent: number,
): string {
  if (random.chance(rejectedPercent)) return random.pick(UNREADABLE);
  // A provider takes a correction back: the same content once more, as a new version.
  if (earlier.length > 0 && random.chance(12)) return random.pick(earlier);
  return provider.write(film, statementOf(random, provider, film, timeMs));
}

function statementOf(random: Random, provider: Provider, film: Truth, timeMs: number): Statement {
  const contradicts = random.chance(8);
  const renamed = random.chance(12);
  return {
    title: renamed ? random.pick([`${film.title} (restored)`, film.title.toUpperCase()]) : film.title,
    year: random.chance(6) ? undefined : film.year + (contradicts ? 1 : 0),
    cast: random.chance(20) ? random.some(NAMES, 2) : film.cast,
    genres: random.chance(20) ? random.some(GENRES, 2) : film.genres,
    // Ids join films, and a wrong one joins those that are not one.
    imdb: random.chance(45) ? imdbOf(random.chance(6) ? film.number + 1 : film.number) : undefined,
    updatedAt:
      provider.dated && random.chance(70) ? isoTime(timeMs - 3_600_000 * random.integer(4)) : undefined,
    withdrawn: random.chance(10),
  };
}

const UNREADABLE = ["", "{", '{"title":"no year and no id"}', '{"title":5,"year":1999}', "[1,2]", '"text"'];

function writeCanonical(film: Truth, statement: Statement): string {
  const { title, year, cast, genres, imdb, updatedAt, withdrawn } = statement;
  const externalIds = imdb === undefined ? undefined : { imdb };
  const id = `f-${film.number}`;
  return JSON.stringify({ id, title, year, cast, genres, externalIds, updatedAt, deleted: withdrawn });
}

function writeWikipedia(film: Truth, { title, year, cast, genres }: Statement): string {
  const href = `Film_${film.number}`;
  return JSON.stringify({
    title,
    year: year ?? film.year,
    cast,
    genres,
    href,
    extract: `${title} is a film.`,
  });
}

function writeOmdb(film: Truth, { title, year, cast, genres, imdb }: Statement): string {
  const lists = { Actors: cast.join(", "), Genre: genres.join(", ") || "N/A" };
  const imdbID = imdb ?? imdbOf(film.number);
  return JSON.stringify({ Title: title, Year: String(year ?? "N/A"), ...lists, imdbID, Type: "movie" });
}

function writeCsv(film: Truth, statement: Statement): string {
  const { title, year, cast, genres, imdb, updatedAt, withdrawn } = statement;
  const row = [film.number, title, year ?? "", cast.join("|"), genres.join("|"), imdb ?? "", updatedAt ?? ""];
  const cells = row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`);
  if (withdrawn) return `id,deleted\r\n${film.number},true\r\n`;
  return `id,title,year,cast,genres,externalIds.imdb,updatedAt\r\n${cells.join(",")}\r\n`;
}

function imdbOf(number: number): string {
  return `tt${String(1_000_000 + number)}`;
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** S3 pads sequencers to no fixed length and promises no case; a trailing zero changes nothing. */
function sequencerOf(number: number, random: Random): string {
  const text = number.toString(16).padStart(14, "0");
  const padded = random.chance(30) ? `${text}00` : text;
  return random.chance(30) ? padded.toUpperCase() : padded;
}
