/** A page of genres, years or cast members, with the number of films of each. */

import type { ValuesAnswer } from "./answers.ts";
import { MovieStoreError } from "./errors.ts";
import { LIMITS } from "./facts.ts";
import { VALUE_KINDS, type ValueKind, type ValueQuery } from "./kept-values.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { normaliseName } from "./normalise.ts";

export interface ValuePageOptions {
  /** Only values whose normalised name begins with this one; up to {@link LIMITS.name} UTF-16 units. */
  readonly prefix?: string;
  /** The `next` of the page before. */
  readonly after?: string;
  /** 1 to 1,000; default 100. */
  readonly limit?: number;
  /** The answer has to reflect this change; default 0: any will do. */
  readonly minVersion?: number;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
/** A normalised name can be longer than the name. */
const MAX_AFTER = 20 * LIMITS.name;

/** @throws MovieStoreError `invalid-query`; `field` names the option. */
export function planValues(kind: ValueKind, page: ValuePageOptions): ValueQuery {
  if (!VALUE_KINDS.includes(kind)) throw invalid("kind", `is not one of ${VALUE_KINDS.join(", ")}`);
  const { limit = DEFAULT_LIMIT } = page;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw invalid("limit", `is not from 1 to ${MAX_LIMIT}`);
  const textOf = (field: "prefix" | "after", max: number) => {
    const text = page[field] ?? "";
    if (text.length > max) throw invalid(field, `has more than ${max} characters`);
    if (!text.isWellFormed() || text.includes("\0")) throw invalid(field, "is not clean text");
    return normaliseName(text);
  };
  return { kind, prefix: textOf("prefix", LIMITS.name), after: textOf("after", MAX_AFTER), limit };
}

export async function readValues(repository: MovieRepository, query: ValueQuery): Promise<ValuesAnswer> {
  const { values, more, version } = await repository.values(query);
  return {
    values: values.map(({ name, films }) => ({
      value: query.kind === "year" ? Number(name) : name,
      films,
    })),
    next: more ? (values.at(-1)?.key ?? null) : null,
    version,
  };
}

function invalid(field: string, why: string): MovieStoreError {
  return new MovieStoreError("invalid-query", `${field} ${why}`, { field });
}
