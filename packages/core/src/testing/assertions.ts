/** What the contract cases say when something is wrong: a sentence, and where the values differ. */

import { type ErrorCode, MovieStoreError } from "../errors.ts";

/** A promise of a port that an adapter does not keep. */
export class ContractFailure extends Error {
  override readonly name = "ContractFailure";
}

/** @throws ContractFailure with this sentence. */
export function fail(sentence: string): never {
  throw new ContractFailure(sentence);
}

/** @param sentence what is wrong if the condition does not hold. */
export function expectThat(condition: boolean, sentence: string): asserts condition {
  if (!condition) fail(sentence);
}

/**
 * Deep equality of plain data: objects by their keys in any order, where a key with the value `undefined` counts as
 * absent; lists by place; byte arrays by content, whatever their class.
 *
 * @param what names the value in the message, such as `the receipt`.
 */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const differences: string[] = [];
  compare(actual, expected, "", differences);
  if (differences.length === 0) return;
  const shown = differences.slice(0, MAX_DIFFERENCES).map((difference) => `\n  ${difference}`);
  const rest = differences.length - shown.length;
  fail(`${what}: not as expected:${shown.join("")}${rest > 0 ? `\n  and ${rest} more differences` : ""}`);
}

/**
 * Runs `action`, which has to fail with a MovieStoreError of this code.
 *
 * @param what names the action in the message, such as `find after close`.
 */
export async function expectError(
  code: ErrorCode,
  action: () => unknown,
  what: string,
): Promise<MovieStoreError> {
  let result: unknown;
  try {
    result = await action();
  } catch (error) {
    expectThat(
      error instanceof MovieStoreError,
      `${what} threw ${describeError(error)}, expected a MovieStoreError with code ${code}`,
    );
    expectThat(error.code === code, `${what} threw code ${error.code}, expected ${code}: ${error.message}`);
    return error;
  }
  return fail(`${what} gave ${show(result)}, expected a MovieStoreError with code ${code}`);
}

/** Runs `action`, which has to fail, no matter how. */
export async function expectFailure(action: () => Promise<unknown>, what: string): Promise<void> {
  let result: unknown;
  try {
    result = await action();
  } catch {
    return;
  }
  fail(`${what} gave ${show(result)}, expected it to throw`);
}

/** Two lists that must hold the same things in the same order; says what is missing, extra or repeated. */
export function expectSequence(
  actual: readonly string[],
  expected: readonly string[],
  what: string,
  labelOf: (item: string) => string = (item) => item,
): void {
  const list = (items: Iterable<string>) => [...items].slice(0, MAX_DIFFERENCES).map(labelOf).join("; ");
  const seen = new Set<string>();
  const repeated = actual.filter((item) => seen.size === seen.add(item).size);
  expectThat(repeated.length === 0, `${what}: given more than once: ${list(new Set(repeated))}`);
  const wanted = new Set(expected);
  const missing = expected.filter((item) => !seen.has(item));
  expectThat(missing.length === 0, `${what}: ${missing.length} missing: ${list(missing)}`);
  const extra = actual.filter((item) => !wanted.has(item));
  expectThat(extra.length === 0, `${what}: ${extra.length} that should not be there: ${list(extra)}`);
  const at = expected.findIndex((item, place) => actual[place] !== item);
  if (at === -1) return;
  fail(
    `${what}: wrong order at place ${at}: got ${labelOf(actual[at] ?? "")}, expected ${labelOf(expected[at] ?? "")}`,
  );
}

/** A value in a message: JSON, cut where it is long. */
function show(value: unknown): string {
  if (value === undefined) return "nothing (undefined)";
  if (value instanceof Uint8Array) return `${value.length} bytes [${value.slice(0, 12).join(" ")}…]`;
  return cut(JSON.stringify(value) ?? String(value));
}

/** An error in a message: its class and what it says. */
export function describeError(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message}`
    : `something that is no Error: ${show(error)}`;
}

const MAX_DIFFERENCES = 5;
const MAX_SHOWN = 160;

function cut(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)`;
}

function compare(actual: unknown, expected: unknown, path: string, differences: string[]): void {
  if (Object.is(actual, expected)) return;
  const place = path === "" ? "" : `at ${path}: `;
  if (actual instanceof Uint8Array && expected instanceof Uint8Array) {
    const at = firstDifference(actual, expected);
    if (at !== -1) differences.push(`${place}${describeBytes(actual, expected, at)}`);
  } else if (typeof actual === "string" && typeof expected === "string") {
    differences.push(`${place}${describeTexts(actual, expected)}`);
  } else if (Array.isArray(actual) && Array.isArray(expected)) {
    compareLists(actual, expected, path, differences);
  } else if (isPlain(actual) && isPlain(expected)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      compare(actual[key], expected[key], path === "" ? key : `${path}.${key}`, differences);
    }
  } else {
    differences.push(`${place}got ${show(actual)}, expected ${show(expected)}`);
  }
}

function compareLists(
  actual: readonly unknown[],
  expected: readonly unknown[],
  path: string,
  differences: string[],
): void {
  if (actual.length !== expected.length) {
    differences.push(
      `${path === "" ? "" : `at ${path}: `}got ${actual.length} items, expected ${expected.length}`,
    );
  }
  const length = Math.max(actual.length, expected.length);
  for (let at = 0; at < length; at++) compare(actual[at], expected[at], `${path}[${at}]`, differences);
}

function describeTexts(actual: string, expected: string): string {
  if (actual.length <= MAX_SHOWN && expected.length <= MAX_SHOWN) {
    return `got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`;
  }
  let at = 0;
  while (actual[at] === expected[at]) at++;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  const lengths = `${actual.length} and ${expected.length} characters`;
  return `texts of ${lengths} differ from character ${at} on: got …${around(actual)}…, expected …${around(expected)}…`;
}

function describeBytes(actual: Uint8Array, expected: Uint8Array, at: number): string {
  const lengths = `got ${actual.length} bytes, expected ${expected.length}`;
  const byte = (bytes: Uint8Array) => (at < bytes.length ? String(bytes[at]) : "none");
  return `${lengths}; byte ${at} is ${byte(actual)}, expected ${byte(expected)}`;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return -1;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
