/** Makes the story of a run that went wrong as short as can be told. */

import { type Run, retoldRun } from "./run.ts";

/**
 * Leaves out steps, many at once and then fewer, as long as the same rule is broken at the same stage (delta debugging: Zeller and
 * Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002).
 */
export async function shrunk(failed: Run): Promise<Run> {
  let shortest = failed;
  for (let length = Math.ceil(failed.steps.length / 2); length >= 1; ) {
    const before = shortest.steps.length;
    for (let end = shortest.steps.length; end > 0; end -= length) {
      const names = shortest.steps.toSpliced(Math.max(0, end - length), Math.min(length, end));
      const shorter = await retoldRun(failed, names);
      const isSame =
        shorter.violation?.rule === failed.violation?.rule && shorter.isAtRest === failed.isAtRest;
      if (!isSame) continue;
      if (shorter.steps.length < shortest.steps.length) shortest = shorter;
    }
    if (length > 1) length = Math.floor(length / 2);
    else if (shortest.steps.length === before) break;
  }
  return shortest;
}

export function storyOf({ seed, story: told, violation, isAtRest }: Run): string {
  const story = isAtRest ? [...told, "nothing goes wrong any more, and all comes to rest"] : told;
  const lines = story.map((line, at) => `${`${at + 1}`.padStart(4)}. ${line}`);
  const { rule, what } = violation ?? {};
  return [`seed ${seed}, ${story.length} steps:`, ...lines, `   => ${rule}: ${what}`].join("\n");
}
