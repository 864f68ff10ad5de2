/** The parameters of a query string, read strictly: what is not understood is refused, never ignored or guessed. */

import { MovieStoreError } from "@movie-store/core";
import * as z from "zod";

/** Names and values in the order of the query string, decoded. */
export type Parameters = readonly (readonly [name: string, value: string])[];

/** How the text of a parameter becomes what its schema wants. */
type Kind = "text" | "number" | "list";

/** A parameter name is the caller's text: in a message it is cut short. */
const MAX_NAME_SHOWN = 64;

/** @throws MovieStoreError `invalid-query` for bad encoding. */
export function readPairs(query: string): Parameters {
  const pairs: (readonly [string, string])[] = [];
  for (const piece of query.split("&")) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    const rawName = equals === -1 ? piece : piece.slice(0, equals);
    const name = decode(rawName, rawName);
    pairs.push([name, equals === -1 ? "" : decode(piece.slice(equals + 1), name)]);
  }
  return pairs;
}

function decode(text: string, name: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalid(name, "is not valid percent-encoded UTF-8");
  }
  if (decoded.includes("\0")) throw invalid(name, "has a NUL character");
  return decoded;
}

function invalid(name: string, why: string): MovieStoreError {
  const shown = name.length > MAX_NAME_SHOWN ? `${name.slice(0, MAX_NAME_SHOWN)}…` : name;
  return new MovieStoreError("invalid-query", `${shown} ${why}`, { field: shown });
}

/** Reads the parameters that an object schema has, into the form that the schema checks. */
export class ParameterReader {
  readonly #kinds = new Map<string, Kind>();

  constructor(schema: z.ZodObject) {
    for (const [name, field] of Object.entries(schema.shape)) this.#kinds.set(name, kindOf(field));
  }

  /**
   * @returns what the schema of the constructor takes as input; bounds and forms are for the schema to check.
   * @throws MovieStoreError `invalid-query`.
   */
  read(pairs: Parameters): Record<string, string | number | string[]> {
    const read: Record<string, string | number | string[]> = {};
    for (const [name, value] of pairs) {
      const kind = this.#kinds.get(name);
      if (kind === undefined) throw invalid(name, "is not a parameter");
      const before = read[name];
      if (Array.isArray(before)) before.push(value);
      else if (before !== undefined) throw invalid(name, "is given more than once");
      else read[name] = kind === "list" ? [value] : kind === "number" ? wholeNumber(name, value) : value;
    }
    return read;
  }
}

function wholeNumber(name: string, value: string): number {
  if (!/^-?\d{1,15}$/.test(value)) throw invalid(name, "is not a whole number");
  return Number(value);
}

function kindOf(field: z.core.$ZodType): Kind {
  const inner = field instanceof z.ZodExactOptional ? field.unwrap() : field;
  if (inner instanceof z.ZodArray) return "list";
  return inner instanceof z.ZodNumber ? "number" : "text";
}

/** Reads and checks the parameters of one resource. */
export function parameterCheck<T extends z.ZodObject>(schema: T): (query: string) => z.output<T> {
  const reader = new ParameterReader(schema);
  return (query) => {
    const checked = schema.safeParse(reader.read(readPairs(query)));
    if (checked.success) return checked.data;
    const [issue] = checked.error.issues;
    throw invalid(String(issue?.path[0] ?? ""), issue?.message ?? "is not valid");
  };
}

/** For a resource that has none. */
export const noParameters: (query: string) => object = parameterCheck(z.strictObject({}));

/** A query string again, for links: encoded anew, so that nothing of the request's raw text gets into a header. */
export function writePairs(pairs: Parameters): string {
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
}
