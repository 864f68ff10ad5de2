/** Draws: times of events, ranks by popularity, choices by share. */

/** Seconds until the next of events that come at times of chance. */
export function secondsToNext(perSecond: number, random: () => number): number {
  return perSecond === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - random()) / perSecond;
}

/** Sums of 1 / rank, by how many ranks there are. */
const harmonics = new Map<number, Float64Array>();

/** The rank whose share of a Zipf distribution a number in [0, 1) falls into, from 0. */
export function zipfRank(number: number, count: number): number {
  let sums = harmonics.get(count);
  if (sums === undefined) {
    sums = new Float64Array(count);
    let sum = 0;
    for (let rank = 0; rank < count; rank++) {
      sum += 1 / (rank + 1);
      sums[rank] = sum;
    }
    harmonics.set(count, sums);
  }
  const wanted = number * (sums[count - 1] as number);
  let [low, high] = [0, count - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Draws places of the list by the shares there, which add up to 1; each in constant time (Vose's alias method). */
export function drawByShare(list: readonly { readonly share: number }[], random: () => number): () => number {
  const count = list.length;
  const chance = Float64Array.from(list, ({ share }) => share * count);
  const alias = new Int32Array(count);
  const small: number[] = [];
  const large: number[] = [];
  for (let at = 0; at < count; at++) ((chance[at] as number) < 1 ? small : large).push(at);
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop() as number, large.at(-1) as number];
    alias[less] = more;
    chance[more] = (chance[more] as number) + (chance[less] as number) - 1;
    if ((chance[more] as number) < 1) small.push(large.pop() as number);
  }
  for (const at of [...small, ...large]) chance[at] = 1;
  return () => {
    const at = Math.floor(random() * count);
    return random() < (chance[at] as number) ? at : (alias[at] as number);
  };
}
