/** The tables that a rebuild fills beside those that readers see, and how they take their place. */

import type { Connection } from "./connection.ts";
import { REBUILT, SCHEMA_VERSION } from "./schema.ts";
import type { StoreRow } from "./store-row.ts";

const NEW = "new_";
const OLD = "old_";

/** What is going to be put in place. */
export const SPARE = {
  record: `${NEW}record`,
  recordKey: `${NEW}record_key`,
  film: `${NEW}film`,
  filmJson: `${NEW}film_json`,
  term: `${NEW}term`,
  posting: `${NEW}posting`,
  titlePosting: `${NEW}title_posting`,
  nameKey: `${NEW}name_key`,
  word: `${NEW}word`,
  versionPosting: `${NEW}version_posting`,
  pairPosting: `${NEW}pair_posting`,
  commonTerm: `${NEW}common_term`,
} as const;

/** Films as the log has made them, before they have their versions; in the order in which they were decided. */
export const DRAFT = { ...SPARE, film: "draft_film", filmJson: "draft_film_json" } as const;

export async function makeSpareTables(connection: Connection): Promise<void> {
  await dropSpareTables(connection);
  for (const table of REBUILT) await connection.run(`CREATE TABLE ${NEW}${table} LIKE ${table}`);
  await connection.run(`CREATE TABLE ${DRAFT.film} LIKE film`);
  await connection.run(`CREATE TABLE ${DRAFT.filmJson} LIKE film_json`);
  // Terms keep their ids, and stay common: every process remembers some of them.
  await connection.run(`INSERT INTO ${SPARE.term} (term, id, films) SELECT term, id, 0 FROM term`);
  await connection.run(`INSERT INTO ${SPARE.commonTerm} SELECT * FROM common_term`);
}

/** One statement, so one moment: it waits for the statements that are at work, and all later ones wait for it. */
export async function putInPlace(connection: Connection, store: StoreRow): Promise<void> {
  const { number, atMs, sequence, terms, commonTerms } = store;
  await connection.run(
    `INSERT INTO ${NEW}store (id, number, at_ms, sequence, last_term, common_terms, is_rebuilding, schema_version)
     VALUES (1, ${number}, ${atMs}, ${sequence}, ${terms}, ${commonTerms}, 0, ${SCHEMA_VERSION})`,
  );
  const renames = REBUILT.map((table) => `${table} TO ${OLD}${table}, ${NEW}${table} TO ${table}`);
  await connection.run(`RENAME TABLE ${renames.join(", ")}`);
}

export async function dropSpareTables(connection: Connection): Promise<void> {
  const tables = [
    ...REBUILT.flatMap((table) => [`${NEW}${table}`, `${OLD}${table}`]),
    DRAFT.film,
    DRAFT.filmJson,
  ];
  await connection.run(`DROP TABLE IF EXISTS ${tables.join(", ")}`);
}
