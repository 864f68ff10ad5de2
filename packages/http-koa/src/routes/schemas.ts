/** Forms of parameters that several resources share. */

import * as z from "zod";

const CHANGE_NUMBER = "is not the number of a change: 0 or more";

export const changeNumber = z.int(CHANGE_NUMBER).min(0, CHANGE_NUMBER);

export function pageLimit(max: number) {
  const message = `is not a whole number from 1 to ${max}`;
  return z.int(message).min(1, message).max(max, message);
}
