/** JSON as strictly as a store that keeps things for ever must read it. */

import type { Rejection } from "./update.ts";

/** More levels than any film format has; deeper objects are hostile or damaged. */
export const MAX_JSON_DEPTH = 32;

/** Characters of a rejection's reason or field; the rest of a longer one tells nobody more. */
const MAX_QUOTED = 300;

export type JsonResult = { readonly value: unknown } | { readonly rejection: Rejection };

/**
 * Reads one JSON text. Beyond `JSON.parse` it refuses keys that stand twice in one object (which of the two was
 * meant?), `__proto__`, lone surrogates, NUL characters and more than {@link MAX_JSON_DEPTH} levels.
 */
export function readJson(text: string): JsonResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return rejected("bad-json", `not JSON: ${messageOf(error)}`);
  }
  let keys = 0;
  const stack: { value: unknown; path: string; depth: number }[] = [{ value, path: "", depth: 0 }];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { value: node, path, depth } = item;
    if (typeof node === "string") {
      const fault = faultOfString(node);
      if (fault !== undefined) return rejected("bad-encoding", `${path || "the text"} ${fault}`, path);
      continue;
    }
    if (typeof node !== "object" || node === null) continue;
    if (depth >= MAX_JSON_DEPTH)
      return rejected("bad-json", `nested deeper than ${MAX_JSON_DEPTH} levels`, path);
    if (Array.isArray(node)) {
      for (let at = 0; at < node.length; at++)
        stack.push({ value: node[at], path: `${path}[${at}]`, depth: depth + 1 });
      continue;
    }
    for (const [key, child] of Object.entries(node)) {
      keys++;
      const childPath = path === "" ? key : `${path}.${key}`;
      if (key === "__proto__") return rejected("bad-json", "the key __proto__ is not allowed", childPath);
      if (faultOfString(key) !== undefined)
        return rejected("bad-encoding", `a key of ${path || "the object"} is not clean text`, path);
      stack.push({ value: child, path: childPath, depth: depth + 1 });
    }
  }
  // Every key is followed by a colon outside of strings: more colons than keys means that one was given twice.
  if (countColons(text) !== keys) {
    return rejected("bad-json", "a key stands twice in one object", firstDoubledKey(text));
  }
  return { value };
}

function faultOfString(text: string): string | undefined {
  if (!text.isWellFormed()) return "has a lone surrogate";
  if (text.includes("\0")) return "has a NUL character";
  return undefined;
}

function countColons(text: string): number {
  let colons = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) at = endOfString(text, at);
    else if (unit === 0x3a) colons++;
  }
  return colons;
}

/** The index of the closing quote of the string that opens at `start`. The text is known to be JSON. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
  return backslashes % 2 === 1;
}

const COLON = /\s*:/y;

function firstDoubledKey(text: string): string {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      COLON.lastIndex = end + 1;
      if (COLON.test(text)) {
        const key = JSON.parse(text.slice(at, end + 1)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
      }
      at = end;
    }
  }
  return "";
}

function rejected(code: Rejection["code"], reason: string, field = ""): { rejection: Rejection } {
  const shown = presentable(reason);
  return {
    rejection: field === "" ? { code, reason: shown } : { code, reason: shown, field: presentable(field) },
  };
}

/** What is quoted from an object may be as long and as dirty as the object: it is shortened and made plain text. */
function presentable(text: string): string {
  const short = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text;
  return short.toWellFormed().replace(/\p{Cc}/gu, " ");
}

function messageOf(error: unknown): string {
  // V8 quotes the text around the fault, which may be long and is in the quarantine anyway.
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/,? ?\.{0,3}"[\s\S]*" is not valid JSON$/, "").slice(0, 200);
}
