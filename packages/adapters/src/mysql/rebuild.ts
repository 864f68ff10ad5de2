/** Makes everything that is derived from the log again, in tables beside those that readers see. */

import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type Change,
  changeOfRebuild,
  type Decide,
  type FilmWrite,
  finishedFilm,
  isRejection,
  type LoggedUpdate,
  MovieStoreError,
  numberDecision,
  type RebuildReport,
  type Submission,
} from "@movie-store/core";
import { type ChangeWrite, insertChanges, lastChanges } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { mapError } from "./errors.ts";
import { filmsAfter, writeFilms } from "./films.ts";
import type { Settings } from "./options.ts";
import { ConnectionPool } from "./pool.ts";
import { postingDifferences } from "./posting-differences.ts";
import { PostingWriter } from "./postings.ts";
import { freeRebuildLock, takeRebuildLock, undoRebuild } from "./rebuild-marker.ts";
import { DRAFT, dropSpareTables, makeSpareTables, putInPlace, SPARE } from "./rebuild-tables.ts";
import { writeRecords } from "./records.ts";
import { SESSION } from "./session.ts";
import { transaction } from "./sql.ts";
import { lockStore, type StoreRow, writeStore } from "./store-row.ts";
import { logPage } from "./update-log.ts";
import { loadWorkingSet } from "./working-set.ts";

const FOLDED = 500;
const PUBLISHED = 5_000;
/** A statement over all terms, at most. */
const STATEMENT_DEADLINE_MS = 600_000;

interface RebuildOptions {
  readonly nowMs: number;
  readonly onProgress?: (updates: number) => void;
}

type Options = RebuildOptions & Pick<Settings, "commonFilms">;

/**
 * Writers wait meanwhile, and give up when it takes too long. Readers see the old tables until all new ones are put in
 * their place by one statement, the row of the store with its number among them: with it come the changes, which were
 * written ahead of the number. A rebuild that dies leaves nothing that counts (rebuild-marker.ts).
 */
export async function rebuildStore(
  settings: Settings,
  read: (update: LoggedUpdate) => Submission,
  decide: Decide,
  options: RebuildOptions,
): Promise<RebuildReport> {
  const pool = new ConnectionPool({
    url: settings.url,
    connections: 1,
    queue: 1,
    acquireDeadlineMs: settings.readDeadlineMs,
    statementDeadlineMs: STATEMENT_DEADLINE_MS,
    setup: [SESSION.keeping],
  });
  try {
    return await pool.use((connection) =>
      alone(connection, (store) =>
        rebuild(connection, store, read, decide, { ...options, commonFilms: settings.commonFilms }),
      ),
    );
  } catch (error) {
    throw mapError(error);
  } finally {
    await pool.close();
  }
}

/** Keeps writers and other rebuilds out while `work` is done. */
async function alone<T>(connection: Connection, work: (store: StoreRow) => Promise<T>): Promise<T> {
  if (!(await takeRebuildLock(connection))) {
    throw new MovieStoreError("unavailable", "MySQL: another rebuild is at work");
  }
  const store = await mark(connection);
  let result: T;
  try {
    result = await work(store);
  } catch (error) {
    // What fails here is left to the next writer and the next rebuild.
    await undo(connection).catch(() => {});
    throw error;
  }
  await dropSpareTables(connection);
  await freeRebuildLock(connection);
  return result;
}

/** The new tables may be in place although the reply to that got lost: then the mark is gone, and nothing is undone. */
async function undo(connection: Connection): Promise<void> {
  await connection.run("ROLLBACK");
  await transaction(connection, async () => {
    const store = await lockStore(connection);
    if (store.isRebuilding) await undoRebuild(connection, store);
  });
  await dropSpareTables(connection);
}

async function mark(connection: Connection): Promise<StoreRow> {
  return transaction(connection, async () => {
    const store = await lockStore(connection);
    if (store.isRebuilding) await undoRebuild(connection, store); // one that died: we have its lock
    await writeStore(connection, { ...store, isRebuilding: true });
    return { ...store, isRebuilding: false };
  });
}

async function rebuild(
  connection: Connection,
  store: StoreRow,
  read: (update: LoggedUpdate) => Submission,
  decide: Decide,
  { nowMs, onProgress, commonFilms }: Options,
): Promise<RebuildReport> {
  await makeSpareTables(connection);
  const updates = await foldLog(connection, read, decide, onProgress ?? (() => {}));
  const published = await publish(connection, store, { nowMs, commonFilms });
  await putInPlace(connection, published);
  return { updates, changed: published.number - store.number };
}

/** Fills the records, and drafts of the films. */
async function foldLog(
  connection: Connection,
  read: (update: LoggedUpdate) => Submission,
  decide: Decide,
  onProgress: (updates: number) => void,
): Promise<number> {
  let updates = 0;
  for (let after = 0; ; ) {
    const page = await logPage(connection, { after, limit: FOLDED });
    if (page.length === 0) return updates;
    const upTo = after;
    after = page.at(-1)?.sequence ?? after;
    const batch = page
      .filter((update) => update.rejection === undefined)
      .map(read)
      .filter((submission) => !isRejection(submission.outcome));
    // An update counts from its turn on, so of the log only the part before this page is there yet.
    const stored = await loadWorkingSet(connection, batch, DRAFT, upTo);
    const decision = decide(stored, batch);
    const { films } = numberDecision(decision, { number: 0, atMs: 0 }, 0);
    await transaction(connection, async () => {
      await writeRecords(connection, decision.records, DRAFT);
      await writeFilms(connection, films, DRAFT);
    });
    updates += batch.length;
    onProgress(updates);
    await nextTurn();
  }
}

/** Gives each film its version and its postings, and a new change where it is not what was last published. */
async function publish(
  connection: Connection,
  before: StoreRow,
  { nowMs, commonFilms }: Options,
): Promise<StoreRow> {
  const postings = new PostingWriter(SPARE, { commonFilms });
  const atMs = Math.max(nowMs, before.atMs);
  let store = before;
  for (let after = ""; ; ) {
    const drafts = await filmsAfter(connection, after, PUBLISHED, DRAFT);
    if (drafts.length === 0) return store;
    after = drafts.at(-1)?.state.id ?? after;
    const ids = drafts.map(({ state }) => state.id);
    const published = await lastChanges(connection, ids, before.number);
    const changes: ChangeWrite[] = [];
    const films = drafts.map(({ state }): FilmWrite => {
      const last = published.get(state.id);
      const decided = changeOfRebuild(last, state);
      if (decided === undefined)
        return { before: undefined, after: finishedFilm(state, last?.number ?? 0, last?.atMs ?? 0) };
      const change: Change = { ...decided, number: store.number + 1, atMs };
      store = { ...store, number: change.number, atMs };
      changes.push({ change, previous: last?.number ?? 0 });
      return { before: undefined, after: finishedFilm(state, change.number, atMs) };
    });
    const numbered = store;
    const numbers = await transaction(connection, async () => {
      await insertChanges(connection, changes);
      await writeFilms(connection, films, SPARE);
      return postings.write(connection, await postingDifferences(films), numbered);
    });
    postings.confirm();
    store = { ...store, ...numbers };
    await nextTurn();
  }
}
