/** Values with their counts: a range of the terms, each with the name that its newest film gives it. */

import {
  type KeptValue,
  readMovie,
  spellingOf,
  termOfValue,
  type ValueKind,
  type ValuePage,
  type ValueQuery,
} from "@movie-store/core";
import { lastChange } from "./changes.ts";
import type { Connection } from "./connection.ts";
import { endOf } from "./term-groups.ts";

export function valuePage(connection: Connection, { kind, prefix, after, limit }: ValueQuery): ValuePage {
  const rows = connection.all(
    `SELECT id, term, films FROM term WHERE term > ? AND term >= ? AND term < ? AND films > 0 ORDER BY term LIMIT ?`,
    termOfValue(kind, after),
    termOfValue(kind, prefix),
    endOf(termOfValue(kind, prefix)),
    limit + 1,
  ) as unknown as readonly CountedRow[];
  return {
    values: rows.slice(0, limit).map((row) => keptValue(connection, kind, row)),
    more: rows.length > limit,
    version: lastChange(connection).number,
  };
}

/** The value under a key; `undefined` where no film has it. */
export function valueOfKey(connection: Connection, kind: ValueKind, key: string): KeptValue | undefined {
  const row = connection.get(
    "SELECT id, term, films FROM term WHERE term = ? AND films > 0",
    termOfValue(kind, key),
  ) as unknown as CountedRow | undefined;
  return row === undefined ? undefined : keptValue(connection, kind, row);
}

interface CountedRow {
  readonly id: number;
  readonly term: string;
  readonly films: number;
}

function keptValue(connection: Connection, kind: ValueKind, { id, term, films }: CountedRow): KeptValue {
  const key = term.slice(termOfValue(kind, "").length);
  if (kind === "year") return { key, name: key, films };
  const newest = connection.get(
    "SELECT json FROM film WHERE id = (SELECT film FROM posting WHERE term = ? ORDER BY year DESC, film LIMIT 1)",
    id,
  );
  const json = newest?.["json"] as string | undefined;
  const name = json === undefined ? undefined : spellingOf(readMovie(json), kind, (each) => each === term);
  return { key, name: name ?? key, films };
}
