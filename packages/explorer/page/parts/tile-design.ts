/** What a film without a poster looks like: always the same for the same title, and unlike its neighbours. */

export const PATTERNS = ["sun", "arcs", "stripes", "hills", "lights", "moons", "skyline", "rays"] as const;

/** As many as the style sheet has. */
export const PALETTES = 12;

export interface TileDesign {
  readonly pattern: (typeof PATTERNS)[number];
  /** The number of a set of colours; the style sheet has them. */
  readonly palette: number;
  /** Numbers from 0 to 1 to vary the pattern with. */
  readonly chances: readonly number[];
}

export function tileDesign(title: string, year: number | undefined): TileDesign {
  const next = numbersFrom(`${title}/${year ?? ""}`);
  return {
    palette: Math.floor(next() * PALETTES),
    pattern: PATTERNS[Math.floor(next() * PATTERNS.length)] ?? "sun",
    chances: Array.from({ length: 12 }, next),
  };
}

const ARTICLE = /^(the|a|an|le|la|les|il|der|die|das|el)$/i;

/** One or two, of articles only where there is nothing else; of a number its first digits. */
export function initialsOf(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !ARTICLE.test(word));
  const [first = "", second = ""] = telling.length > 0 ? telling : words;
  if (second === "" && /^\p{N}+$/u.test(first)) return first.slice(0, 4);
  return [first, second]
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}

/** FNV-1a for the seed, then mulberry32: small, and spread well enough for pictures. */
function numbersFrom(text: string): () => number {
  let state = 2_166_136_261;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
