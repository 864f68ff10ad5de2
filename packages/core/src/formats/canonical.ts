/**
 * The store's own format, and wikipedia-movie-data, which is the same names without an id. A film without `id` is
 * told by `href`, `title` and `year` together.
 */

import { EXTERNAL_ID_SCHEMES, LIMITS } from "../facts.ts";
import {
  badField,
  checkFacts,
  type FormatResult,
  isSilent,
  parseInstant,
  type RawObject,
} from "./reading.ts";

export function readCanonical(object: RawObject): FormatResult {
  const updatedAtMs = isSilent(object["updatedAt"]) ? undefined : parseInstant(object["updatedAt"]);
  if (updatedAtMs === undefined && !isSilent(object["updatedAt"])) {
    return badField("updatedAt", "is not an ISO 8601 time such as 2024-05-01T12:00:00Z");
  }
  const deleted = object["deleted"] ?? false;
  if (typeof deleted !== "boolean") return badField("deleted", "is neither true nor false");
  const id = readId(object["id"]);
  if (typeof id === "object") return id;
  const time = updatedAtMs === undefined ? {} : { updatedAtMs };
  if (deleted && id !== undefined) return { sourceId: id, facts: undefined, ...time };

  const facts = checkFacts(withTextIds(object));
  if ("code" in facts) return facts;
  if (id === undefined && facts.year === undefined) {
    return badField("year", "is missing: without an id a film is told by href, title and year");
  }
  const sourceId = id ?? `${facts.href ?? ""}|${facts.title}|${facts.year}`;
  return { sourceId, facts: deleted ? undefined : facts, ...time };
}

function readId(value: unknown): string | undefined | ReturnType<typeof badField> {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== "string") return badField("id", "is neither a text nor a whole number");
  const id = value.trim();
  if (id === "") return badField("id", "is empty");
  if (id.length > LIMITS.sourceId) return badField("id", `is longer than ${LIMITS.sourceId} characters`);
  return id;
}

/** TMDB ids are numbers at their source, so a provider may well pass them on as numbers. */
function withTextIds(object: RawObject): RawObject {
  const ids = object["externalIds"];
  if (typeof ids !== "object" || ids === null || Array.isArray(ids)) return object;
  const texts: Record<string, unknown> = {};
  for (const scheme of EXTERNAL_ID_SCHEMES) {
    const value = (ids as RawObject)[scheme];
    if (!isSilent(value)) texts[scheme] = typeof value === "number" ? String(value) : value;
  }
  return { ...object, externalIds: texts };
}
