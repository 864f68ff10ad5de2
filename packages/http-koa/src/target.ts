/** The target of a request, as far as it matters here: path and query. */

import { Problem } from "./problem.ts";

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * The target in origin form. Of an absolute form (which every server must take, RFC 9112, section 3.2.2) only the
 * path and query count: nothing here depends on a host name.
 *
 * @throws Problem `invalid-path`.
 */
export function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = target.replace(ABSOLUTE_FORM, "");
  if (rest.length === target.length) throw new Problem("invalid-path", "the request target is no path");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** @throws Problem `invalid-path` for a path that would be decoded to something else than was meant. */
export function checkPath(path: string): void {
  if (!path.includes("%")) return;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw new Problem("invalid-path", "the path is not valid percent-encoded UTF-8");
  }
  if (decoded.includes("\0")) throw new Problem("invalid-path", "the path has a NUL character");
}
