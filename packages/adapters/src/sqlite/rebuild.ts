/** Makes everything that is derived from the log again, inside the transaction of the caller. */

import { setImmediate as nextTurn } from "node:timers/promises";
import {
  changeOfRebuild,
  type Decide,
  finishedFilm,
  isRejection,
  type LoggedUpdate,
  loadWorkingSet,
  numberDecision,
  type RebuildReport,
  type Submission,
} from "@movie-store/core";
import { changeAt, insertChange, lastChange } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { filmsAfter, writeFilm, writeRecord } from "./films.ts";
import { PostingBuilder } from "./posting-builder.ts";
import type { PostingWriter } from "./postings.ts";
import { logPage } from "./update-log.ts";
import { workingSetLookup } from "./working-set.ts";

const BATCH = 500;

export async function rebuildDerived(
  connection: Connection,
  postings: PostingWriter,
  read: (update: LoggedUpdate) => Submission,
  decide: Decide,
  options: { readonly nowMs: number; readonly onProgress?: (updates: number) => void },
): Promise<RebuildReport> {
  connection.database.exec("DELETE FROM record; DELETE FROM record_key; DELETE FROM film;");
  const updates = await foldLog(connection, read, decide, options.onProgress ?? (() => {}));
  const changed = await publish(connection, new PostingBuilder(connection, postings), options.nowMs);
  return { updates, changed };
}

async function foldLog(
  connection: Connection,
  read: (update: LoggedUpdate) => Submission,
  decide: Decide,
  onProgress: (updates: number) => void,
): Promise<number> {
  let updates = 0;
  for (let after = 0; ; ) {
    const page = logPage(connection, { after, limit: BATCH });
    if (page.length === 0) return updates;
    const upTo = after;
    after = page.at(-1)?.sequence ?? after;
    const batch = page
      .filter((update) => update.rejection === undefined)
      .map(read)
      .filter((submission) => !isRejection(submission.outcome));
    // An update counts from its turn on, so of the log only the part before this page is there yet.
    const stored = loadWorkingSet(batch, workingSetLookup(connection, upTo));
    const decision = decide(stored, batch);
    for (const change of decision.records) writeRecord(connection, change);
    for (const { before, after: film } of numberDecision(decision, { number: 0, atMs: 0 }, 0).films) {
      writeFilm(connection, before, film);
    }
    updates += batch.length;
    onProgress(updates);
    await nextTurn(); // readers of this process get their turn
  }
}

/** Gives each film its version and its postings, and a new change where it is not what was last published. */
async function publish(connection: Connection, postings: PostingBuilder, nowMs: number): Promise<number> {
  let last = lastChange(connection);
  const atMs = Math.max(nowMs, last.atMs);
  let changed = 0;
  for (let after = ""; ; ) {
    const page = filmsAfter(connection, after, BATCH);
    if (page.length === 0) break;
    const films = page.map((film) => {
      const { state } = film;
      const published = changeAt(connection, state.id, { number: last.number });
      const change = changeOfRebuild(published, state);
      if (change !== undefined) {
        changed++;
        last = { number: last.number + 1, atMs };
        insertChange(connection, { ...change, ...last });
      }
      const { number, atMs: since } = change === undefined ? (published ?? { number: 0, atMs: 0 }) : last;
      const finished = finishedFilm(state, number, since);
      writeFilm(connection, film, finished);
      return finished;
    });
    postings.add(films);
    after = page.at(-1)?.state.id ?? after;
    await nextTurn();
  }
  postings.finish();
  return changed;
}
