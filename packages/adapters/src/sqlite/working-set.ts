/** What core needs to know before it decides, looked up row by row. */

import type { WorkingSetLookup } from "@movie-store/core";
import type { Connection } from "./connection.ts";
import { bearersOfKey, filmOfId, recordOfId } from "./films.ts";
import { factsOfUpdate, updatesOfRecord } from "./update-log.ts";

/** @param upTo only updates of the log up to this sequence count. */
export function workingSetLookup(connection: Connection, upTo = Number.MAX_SAFE_INTEGER): WorkingSetLookup {
  return {
    record: (id) => recordOfId(connection, id),
    bearersOf: (key) => bearersOfKey(connection, key),
    updatesOf: (recordId) => updatesOfRecord(connection, recordId, upTo),
    factsOf: (updateId) => factsOfUpdate(connection, updateId),
    film: (id) => filmOfId(connection, id),
  };
}
