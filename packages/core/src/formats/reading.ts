/** What all formats share: from a provider's values to checked facts, or to a rejection that names the field. */

import { type Facts, factsSchema } from "../facts.ts";
import { phraseOf } from "../issue.ts";
import type { Reading, Rejection } from "../update.ts";

export type FormatResult = Reading | Rejection;
export type RawObject = Readonly<Record<string, unknown>>;

/** One format: a pure function from a provider's object to a reading. */
export type Format = (object: RawObject) => FormatResult;

export function badField(field: string, reason: string): Rejection {
  return { code: "bad-field", reason: `${field} ${reason}`, field };
}

export function isRejected(result: FormatResult): result is Rejection {
  return "code" in result;
}

/**
 * Checks facts that carry the canonical names. `fieldNames` says what the provider calls them, by
 * name or by path, for the message.
 * Missing, null and empty values are no statement, whatever the format.
 */
export function checkFacts(
  raw: RawObject,
  fieldNames: Readonly<Record<string, string>> = {},
): Facts | Rejection {
  const stated: Record<string, unknown> = {};
  for (const name of FACT_NAMES) {
    const value = raw[name];
    if (!isSilent(value)) stated[name] = value;
  }
  if (stated["title"] === undefined) return badField(fieldNames["title"] ?? "title", "is missing");
  const year = stated["year"];
  if (typeof year === "string" && /^\s*\d{4}\s*$/.test(year)) stated["year"] = Number(year);
  const result = factsSchema.safeParse(stated);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return badField(fieldAt(issue?.path ?? [], fieldNames), phraseOf(issue));
}

const FACT_NAMES = Object.keys(factsSchema.shape);

export function isSilent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === "string") return value.trim() === "";
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.values(value).every(isSilent);
}

function fieldAt(path: readonly PropertyKey[], fieldNames: Readonly<Record<string, string>>): string {
  const [head, ...rest] = path;
  const name = String(head ?? "");
  const whole = name + rest.map(pathStep).join("");
  return fieldNames[whole] ?? (fieldNames[name] ?? name) + rest.map(pathStep).join("");
}

function pathStep(step: PropertyKey): string {
  return typeof step === "number" ? `[${step}]` : `.${String(step)}`;
}

/** "a, b" as OMDb writes lists; a missing value is an empty list. */
export function splitList(value: unknown, separator: string): unknown {
  if (typeof value !== "string") return value;
  return value
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** ISO 8601 with a time zone, or a date alone (midnight UTC). */
export function parseInstant(value: unknown): number | undefined {
  if (typeof value !== "string" || !INSTANT.test(value)) return undefined;
  const timeMs = Date.parse(value);
  // Date.parse takes the 30th of February for the 1st of March.
  const date = value.slice(0, 10);
  return Number.isNaN(timeMs) || !new Date(date).toISOString().startsWith(date) ? undefined : timeMs;
}

const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2}))?$/;
