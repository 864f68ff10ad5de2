/** The Link header that leads to the next page. */

import { readPairs, writePairs } from "./parameters.ts";

/**
 * @param query the request's own, whose other parameters are kept.
 * @param changed the parameters that differ.
 * @returns the header, name and value. The link is relative, so that it is right behind any proxy and no Host header
 * can turn it elsewhere.
 */
export function nextLink(
  path: string,
  query: string,
  changed: Readonly<Record<string, number | string>>,
): readonly string[] {
  const kept = readPairs(query).filter(([name]) => !Object.hasOwn(changed, name));
  const set = Object.entries(changed).map(([name, value]) => [name, String(value)] as const);
  return ["Link", `<${path}?${writePairs([...kept, ...set])}>; rel="next"`];
}
