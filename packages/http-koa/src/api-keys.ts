/** Who calls: the keys of API_KEYS, and the name behind the key of a request. */

import { hash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export interface ApiKey {
  /** The consumer's name, for the log. */
  readonly name: string;
  readonly key: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** What a header can carry without quoting. */
const KEY = /^[\x21-\x2b\x2d-\x7e]{8,256}$/;

/**
 * Reads `name:key,name:key`. A name may stand twice, so that a key can be changed without a gap.
 *
 * @returns the keys, or what is wrong with the text, without quoting it.
 */
export function readApiKeys(text: string): readonly ApiKey[] | string {
  const keys: ApiKey[] = [];
  for (const [at, entry] of text.split(",").entries()) {
    const colon = entry.indexOf(":");
    const name = entry.slice(0, Math.max(0, colon)).trim();
    const key = entry.slice(colon + 1).trim();
    if (colon === -1) return `must be name:key pairs with commas between them; entry ${at + 1} has no colon`;
    if (!NAME.test(name))
      return `has a bad name in entry ${at + 1}: 1 to 64 letters, digits, dots, dashes or underscores`;
    if (!KEY.test(key))
      return `has a bad key in entry ${at + 1}: 8 to 256 visible ASCII characters without commas`;
    if (keys.some((other) => other.key === key)) return `has the key of entry ${at + 1} twice`;
    keys.push({ name, key });
  }
  return keys;
}

/** Tells the consumer of a request by `X-Api-Key` or `Authorization: Bearer`. */
export class ApiKeys {
  /**
   * By digest: how long a look-up takes then depends on the digest of what was sent, which tells nothing about how
   * much of a key was guessed.
   */
  readonly #names = new Map<string, string>();

  constructor(keys: readonly ApiKey[]) {
    for (const { name, key } of keys) this.#names.set(digestOf(key), name);
  }

  /** Without keys everyone may read. */
  get required(): boolean {
    return this.#names.size > 0;
  }

  /** @returns the consumer's name; `undefined` for a missing or unknown key. */
  consumerOf(headers: IncomingHttpHeaders): string | undefined {
    const key = headers["x-api-key"] ?? /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
    return typeof key === "string" ? this.#names.get(digestOf(key)) : undefined;
  }
}

function digestOf(key: string): string {
  return hash("sha256", key, "base64url");
}
