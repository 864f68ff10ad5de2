/** The Link header that leads to the next page. */

import { readPairs, writePairs } from "./parameters.ts";

/**
 * @param query the request's own, whose other parameters are kept.
 * @returns the header, name and value. The link is relative, so that it is right behind any proxy and no Host header
 * can turn it elsewhere.
 */
export function nextLink(
  path: string,
  query: string,
  name: string,
  value: number | string,
): readonly string[] {
  const kept = readPairs(query).filter(([other]) => other !== name);
  return ["Link", `<${path}?${writePairs([...kept, [name, String(value)]])}>; rel="next"`];
}
