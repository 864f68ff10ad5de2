/** The digest of an answer's text, from which its ETag is made. */

import { hash } from "node:crypto";

/** 132 bits of a SHA-256: two texts with the same one can't be made on purpose in practice, as with SHA-1 they can. */
export function digestOf(text: string | Uint8Array): string {
  return hash("sha256", text, "base64url").slice(0, 22);
}
