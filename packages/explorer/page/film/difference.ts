/** How a value of a film has changed, as people see it at a glance. */

import { valueText } from "./field-names.ts";

/** Both are empty where a list has the same entries as before in another order. */
export interface ValueDifference {
  readonly isList: boolean;
  readonly gone: string;
  readonly come: string;
}

/** Of lists only the entries that are not in both. */
export function differenceOf(before: unknown, after: unknown): ValueDifference {
  const [old, now] = [entriesOf(before), entriesOf(after)];
  if (old === undefined || now === undefined)
    return { isList: false, gone: textOf(before), come: textOf(after) };
  return {
    isList: true,
    gone: old.filter((entry) => !now.includes(entry)).join(", "),
    come: now.filter((entry) => !old.includes(entry)).join(", "),
  };
}

/** Of a list, or of ids by their scheme; `undefined` for what is no list. */
function entriesOf(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value.map(valueText);
  if (typeof value !== "object" || value === null || "url" in value) return undefined;
  return Object.entries(value).map(([name, inner]) => `${name} ${valueText(inner)}`);
}

function textOf(value: unknown): string {
  return value === undefined ? "" : valueText(value);
}
