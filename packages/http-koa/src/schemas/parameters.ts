/** Forms of parameters that several resources share. */

import * as z from "zod";

const CHANGE_NUMBER = "is not the number of a change: 0 or more";

/** @param description says what the answer has to do with it. */
export function changeNumber(description: string) {
  return z.int(CHANGE_NUMBER).min(0, CHANGE_NUMBER).describe(description).exactOptional();
}

/** @param defaultLimit what holds where the parameter is absent. */
export function pageLimit(max: number, defaultLimit: number) {
  const message = `is not a whole number from 1 to ${max}`;
  return z
    .int(message)
    .min(1, message)
    .max(max, message)
    .meta({ description: "Entries of a page.", default: defaultLimit })
    .exactOptional();
}

/** @param max in UTF-16 units. */
export function textParameter(max: number, description: string) {
  return z
    .string()
    .min(1, "is empty")
    .max(max, `has more than ${max} characters`)
    .describe(description)
    .exactOptional();
}

export const movieId = z.string().describe("The id of a film.");
