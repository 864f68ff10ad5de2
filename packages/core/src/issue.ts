/** What a zod issue says, in words that a provider or a caller understands. */

import type * as z from "zod";

/** A phrase that follows the name of a field: "is more than 2100". */
export function phraseOf(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case "too_big":
      return `${sizeWord(issue.origin, "has", "is")} more than ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `${sizeWord(issue.origin, "has", "is")} less than ${issue.minimum}${unitOf(issue.origin)}`;
    case "invalid_type":
      return `is not ${article(issue.expected)}`;
    case "invalid_value":
      return `is none of ${issue.values.map(String).join(", ")}`;
    default:
      return issue?.message.startsWith("is ") === true ? issue.message : "is not valid";
  }
}

function sizeWord(origin: string, counted: string, measured: string): string {
  return origin === "string" || origin === "array" ? counted : measured;
}

function unitOf(origin: string): string {
  return origin === "string" ? " characters" : origin === "array" ? " entries" : "";
}

function article(type: string): string {
  if (type === "int") return "a whole number";
  if (type === "string") return "a text";
  if (type === "array") return "a list";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
