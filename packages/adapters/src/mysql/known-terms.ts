/** Reads terms by name and by beginning, and remembers those that a process asks for again. */

import type { Connection, Row } from "./connection.ts";
import { termKey } from "./keys.ts";
import { bytesLiteral } from "./sql.ts";

export interface Term {
  readonly id: number;
  readonly term: string;
  /** How many films have it. This and `ends` may be a little old: they only tell which way to a page is the shortest. */
  readonly films: number;
  /** Whether it has lists together with others, see common-terms.ts. If it has got them since, they are only not used. */
  readonly isCommon: boolean;
  /** Of a term with very many films: the years, counted down, in which the newest and the oldest of them end. */
  readonly ends?: { readonly newest: number; readonly oldest: number };
}

/** The terms that a search is about, as far as films have them. */
export interface FoundTerms {
  readonly named: ReadonlyMap<string, Term>;
  /** By the beginning asked for; those with the most films first. */
  readonly starting: ReadonlyMap<string, readonly Term[]>;
  /**
   * The version at which some names had no films, or at which the beginnings were looked up: what has been found says
   * nothing about another version. Absent where every name is known, because an id stays that of its term for ever.
   */
  readonly version: number | undefined;
}

export interface WantedTerms {
  readonly names: readonly string[];
  readonly starts: readonly {
    readonly start: string;
    /** Stop after so many terms; absent: all of them. */
    readonly limit?: number;
  }[];
}

interface Remembered extends Term {
  /** The version of the store to which `films` belongs. */
  readonly version: number;
}

/** A term of more films than this is worth knowing the ends of, each of {@link END_FILMS}. */
export const MANY_FILMS = 2_000;
const END_FILMS = 300;

const REMEMBERED_TERMS = 100_000;
/** So many changes more or less make no other way the shortest. */
const NEGLIGIBLE_CHANGES = 500;

export class KnownTerms {
  readonly #terms = new Map<string, Remembered>();
  /** The newest version that this process has seen. */
  #version = 0;

  saw(version: number): void {
    if (version > this.#version) this.#version = version;
  }

  async find(connection: Connection, { names, starts }: WantedTerms): Promise<FoundTerms> {
    const known = names.map((name) => this.#remembered(name)).filter((term) => term !== undefined);
    const unknown = names.filter((name) => this.#remembered(name) === undefined);
    const named = new Map<string, Term>(known.map((term) => [term.term, term]));
    if (unknown.length === 0 && starts.length === 0)
      return { named, starting: new Map(), version: undefined };

    const { version, terms, starting } = await lookUp(connection, unknown, starts);
    this.saw(version);
    for (const term of terms.values()) {
      named.set(term.term, term);
      this.#remember({ ...term, version });
    }
    const isSettled = starts.length === 0 && terms.size === unknown.length;
    return { named, starting, version: isSettled ? undefined : version };
  }

  /** A change alters the count of a term by one at most: so it is known how far off a count can be. */
  #remembered(name: string): Remembered | undefined {
    const term = this.#terms.get(name);
    if (term === undefined) return undefined;
    const changes = this.#version - term.version;
    return changes > Math.max(NEGLIGIBLE_CHANGES, term.films / 2) ? undefined : term;
  }

  #remember(term: Remembered): void {
    if (this.#terms.size >= REMEMBERED_TERMS) this.#terms.clear();
    this.#terms.set(term.term, term);
  }
}

interface LookedUp {
  readonly version: number;
  readonly terms: ReadonlyMap<string, Term>;
  readonly starting: ReadonlyMap<string, readonly Term[]>;
}

/** One statement, so that the terms and the version are of one moment. */
async function lookUp(
  connection: Connection,
  names: readonly string[],
  starts: WantedTerms["starts"],
): Promise<LookedUp> {
  const keys = names.map((name) => textBytes(termKey(name))).join(",");
  const rows = await connection.rows(
    [
      "SELECT NULL AS part, NULL AS term, NULL AS id, number AS films, NULL AS newest, NULL AS oldest, NULL AS common FROM store",
      ...(names.length === 0
        ? []
        : [
            `SELECT -1, term, id, films, ${endOf("ASC")}, ${endOf("DESC")}, ${COMMON} FROM term
              WHERE term IN (${keys}) AND films > 0`,
          ]),
      ...starts.map(
        ({ start, limit }, part) =>
          `(SELECT ${part}, term, id, films, NULL, NULL, ${COMMON} FROM term WHERE ${startsWith("term", start)} AND films > 0
            ${limit === undefined ? "" : `LIMIT ${limit}`})`,
      ),
    ].join(" UNION ALL "),
  );
  const byKey = new Map(names.map((name) => [termKey(name), name]));
  const ofPart = (part: number) => rows.filter((row) => row["part"] !== null && Number(row["part"]) === part);
  const terms = ofPart(-1).map((row) => {
    const term = termOf(row);
    return { ...term, term: byKey.get(term.term) ?? term.term };
  });
  return {
    version: Number(rows.find((row) => row["part"] === null)?.["films"]),
    terms: new Map(terms.map((term) => [term.term, term])),
    starting: new Map(starts.map(({ start }, part) => [start, ofPart(part).map(termOf).sort(byFilmsDown)])),
  };
}

const COMMON = "(SELECT 1 FROM common_term c WHERE c.term = term.id)";

/** MySQL reads the list in its order only if the term is named among what it is sorted by. */
function endOf(order: "ASC" | "DESC"): string {
  return `IF(films > ${MANY_FILMS}, (SELECT year_down FROM posting p FORCE INDEX (PRIMARY) WHERE p.term = term.id
    ORDER BY p.term ${order}, p.year_down ${order}, p.film ${order} LIMIT 1 OFFSET ${END_FILMS - 1}), NULL)`;
}

/** The greatest code point ends the range of everything that starts with a text. */
export function startsWith(column: string, start: string): string {
  return `${column} >= ${textBytes(start)} AND ${column} < ${textBytes(`${start}\u{10ffff}`)}`;
}

/** A text as a literal that is compared byte by byte, whatever the connection's character set. */
export function textBytes(text: string): string {
  return bytesLiteral(Buffer.from(text));
}

function termOf(row: Row): Term {
  const term = {
    id: Number(row["id"]),
    term: String(row["term"]),
    films: Number(row["films"]),
    isCommon: row["common"] !== null,
  };
  const [newest, oldest] = [row["newest"], row["oldest"]];
  if (newest === null || oldest === null) return term;
  return { ...term, ends: { newest: Number(newest), oldest: Number(oldest) } };
}

function byFilmsDown(a: Term, b: Term): number {
  return b.films - a.films;
}
