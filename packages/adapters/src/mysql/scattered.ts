/**
 * InnoDB takes a row that directly follows the last one on its page for a part of a load in order, and splits a full
 * page right there, for rows that never come. Postings in the order of their key left pages little more than half full.
 * So the order stays, which is that of pages, but neighbours do not follow one another.
 */

/** A power of two. More scatter no better; these have pages that are at hand. */
const WINDOW_BITS = 8;

/** Windows of rows one after the other, each in an order in which no row follows the one before it. */
export function* scattered<T>(rows: readonly T[]): Generator<T> {
  for (let start = 0; start < rows.length; start += ORDER.length) {
    for (const at of ORDER) if (start + at < rows.length) yield rows[start + at] as T;
  }
}

/** The bits of each number turned round: 0, 128, 64, 192, 32 and so on. */
const ORDER: readonly number[] = Array.from({ length: 2 ** WINDOW_BITS }, (_, at) => {
  let [turned, rest] = [0, at];
  for (let bit = 0; bit < WINDOW_BITS; bit++) {
    turned = turned * 2 + (rest % 2);
    rest = Math.floor(rest / 2);
  }
  return turned;
});
