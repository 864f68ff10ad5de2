/**
 * Writes the postings in the order of titles. A film has seven of them, each on a page of its own, so a batch of
 * thousands would read and write most pages of a table that outgrew memory. Therefore new ones go into a small table,
 * `title_posting_recent`, and once that is full, as many as come in are moved from there into the large one, in the
 * order of the key, going on where the last writer stopped: so each page of the large table is read and written once
 * for a hundred thousand films. Every posting is in one of the two tables; readers ask both.
 */

import type { Connection } from "./connection.ts";
import { bytesLiteral, insertRows, pieces } from "./sql.ts";

/** Where they stand: the tables, or the one that a rebuild fills, which takes them straight. */
export interface TitlePostingTables {
  readonly titlePosting: string;
  readonly recent?: { readonly postings: string; readonly sweep: string };
}

export interface RecentTitleOptions {
  /** So many postings stay in the small table: some 60,000 films, or 40 MB. */
  readonly held?: number;
  /** Fewer are not worth the statements, nor the row of the sweep in the log of the server. */
  readonly movedAtLeast?: number;
}

const HELD = 400_000;
const MOVED_AT_LEAST = 2_000;
const COLUMNS = "term, title, film, year_down, version";

/** How many postings are in the small table, and behind which key the next ones are moved. */
interface Sweep {
  readonly held: number;
  readonly term: number;
  readonly title: Uint8Array;
}

/** Before every key. */
const START = { term: 0, title: new Uint8Array() };

/** @param removed keys, in literals of SQL. @param added rows, in literals of SQL, both best in the order of the key. */
export async function writeTitlePostings(
  connection: Connection,
  { titlePosting, recent }: TitlePostingTables,
  { removed, added }: { readonly removed: readonly string[]; readonly added: readonly string[] },
  options: RecentTitleOptions = {},
): Promise<void> {
  if (removed.length === 0 && added.length === 0) return;
  if (recent === undefined) {
    await removeRows(connection, titlePosting, removed);
    return insertRows(connection, `INSERT INTO ${titlePosting} (${COLUMNS}) VALUES`, added);
  }
  const removedRecent = await removeRows(connection, recent.postings, removed);
  if (removedRecent < removed.length) await removeRows(connection, titlePosting, removed);
  await insertRows(connection, `INSERT INTO ${recent.postings} (${COLUMNS}) VALUES`, added);
  const before = await readSweep(connection, recent.sweep);
  const grown = { ...before, held: before.held - removedRecent + added.length };
  const { held = HELD, movedAtLeast = MOVED_AT_LEAST } = options;
  const surplus = grown.held - held;
  const tables = { titlePosting, postings: recent.postings };
  const after = surplus < movedAtLeast ? grown : await move(connection, tables, grown, surplus);
  await connection.run(
    `REPLACE INTO ${recent.sweep} (id, held, term, title)
     VALUES (1, ${after.held}, ${after.term}, ${bytesLiteral(after.title)})`,
  );
}

/** @returns how many of them were there. */
async function removeRows(connection: Connection, table: string, keys: readonly string[]): Promise<number> {
  let removed = 0;
  for (const some of pieces(keys))
    removed += await connection.change(
      `DELETE FROM ${table} WHERE (term, title, film) IN (${some.join(",")})`,
    );
  return removed;
}

async function readSweep(connection: Connection, table: string): Promise<Sweep> {
  const row = await connection.row(`SELECT held, term, title FROM ${table} WHERE id = 1`);
  if (row === undefined) return { held: 0, ...START };
  return { held: Number(row["held"]), term: Number(row["term"]), title: row["title"] as Uint8Array };
}

/** Moves the next `count` postings, and those with the same term and title as the last one; fewer at the end. */
async function move(
  connection: Connection,
  { titlePosting, postings }: { readonly titlePosting: string; readonly postings: string },
  { held, term, title }: Sweep,
  count: number,
): Promise<Sweep> {
  const behind = `(term = ${term} AND title > ${bytesLiteral(title)}) OR term > ${term}`;
  const last = await connection.row(
    `SELECT term, title FROM ${postings} FORCE INDEX (PRIMARY) WHERE ${behind}
     ORDER BY term, title, film LIMIT 1 OFFSET ${count - 1}`,
  );
  const end =
    last === undefined ? undefined : { term: Number(last["term"]), title: last["title"] as Uint8Array };
  const slice = end === undefined ? behind : between({ term, title }, end);
  await connection.run(
    `INSERT INTO ${titlePosting} (${COLUMNS}) SELECT ${COLUMNS} FROM ${postings} FORCE INDEX (PRIMARY) WHERE ${slice}`,
  );
  const moved = await connection.change(`DELETE FROM ${postings} WHERE ${slice}`);
  return { held: held - moved, ...(end ?? START) };
}

interface Key {
  readonly term: number;
  readonly title: Uint8Array;
}

/** Written as ranges of the key, without its end: comparisons of whole rows are not read as ranges. */
function between(from: Key, to: Key): string {
  const [above, upTo] = [`title > ${bytesLiteral(from.title)}`, `title <= ${bytesLiteral(to.title)}`];
  if (from.term === to.term) return `term = ${from.term} AND ${above} AND ${upTo}`;
  return `(term = ${from.term} AND ${above}) OR (term > ${from.term} AND term < ${to.term})
    OR (term = ${to.term} AND ${upTo})`;
}
