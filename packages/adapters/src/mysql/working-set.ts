/** What core needs to know before it decides, looked up in as few statements as it takes. */

import {
  type Facts,
  type LoggedUpdate,
  MovieStoreError,
  readBytes,
  type Submission,
  type WorkingSet,
  type WorkingSetRequest,
  workingSetLoading,
} from "@movie-store/core";
import { gunzip } from "../gunzip.ts";
import type { Connection } from "./connection.ts";
import { type FilmTables, filmsOfIds } from "./films.ts";
import { bearersOfKeys, type RecordTables, recordsOfIds } from "./records.ts";
import { loggedUpdates, updatesOfRecords } from "./update-log.ts";

/**
 * @param tables where to look, if not in the tables that readers see.
 * @param upTo only updates of the log up to this place count.
 */
export async function loadWorkingSet(
  connection: Connection,
  batch: readonly Submission[],
  tables?: RecordTables & FilmTables,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<WorkingSet> {
  const loading = workingSetLoading(batch);
  for (let step = loading.next(); ; ) {
    if (step.done === true) return step.value;
    const { records, keys, updates, facts, films }: WorkingSetRequest = step.value;
    step = loading.next({
      records: await recordsOfIds(connection, records, tables?.record),
      bearers: await bearersOfKeys(connection, keys, tables?.recordKey),
      updates: await updatesOfRecords(connection, updates, upTo),
      facts: await factsOfUpdates(connection, facts),
      films: await filmsOfIds(connection, films, tables),
    });
  }
}

async function factsOfUpdates(
  connection: Connection,
  updateIds: readonly string[],
): Promise<ReadonlyMap<string, Facts>> {
  const logged = new Map(
    (await loggedUpdates(connection, updateIds)).map((update) => [update.updateId, update]),
  );
  return new Map(updateIds.map((updateId) => [updateId, factsOf(updateId, logged.get(updateId))]));
}

function factsOf(updateId: string, update: LoggedUpdate | undefined): Facts {
  const result = update === undefined ? undefined : readBytes(update.object.bytes, update.object.key, gunzip);
  if (result === undefined || "code" in result || result.reading.facts === undefined) {
    throw new MovieStoreError("corrupt", `update ${updateId} of the log no longer states facts`);
  }
  return result.reading.facts;
}
