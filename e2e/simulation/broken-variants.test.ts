import { describe, expect, it } from "vitest";
import { BROKEN } from "./broken-variants.ts";
import { type Run, randomRun } from "./run.ts";
import { shrunk, storyOf } from "./shrink.ts";
import type { Variant } from "./variant.ts";

/** As many as are tried of the sound system, or a few more: the same ones each time. */
const MAX_RUNS = 400;
/** What somebody can read. The longest is that of a second that has to pass: some ten rounds of following. */
const MAX_STORY = 120;

async function firstFailure(variant: Variant): Promise<Run> {
  for (let seed = 1; seed <= MAX_RUNS; seed++) {
    const run = await randomRun(seed, variant);
    if (run.violation !== undefined) return run;
  }
  return expect.fail(`nothing went wrong in ${MAX_RUNS} runs`);
}

describe("a simulated run goes wrong, and its story is short, with", () => {
  for (const { what, variant, rule } of BROKEN) {
    it(what, { timeout: 120_000 }, async () => {
      const failed = await firstFailure(variant);
      const shortest = await shrunk(failed);
      expect(shortest.violation?.rule, storyOf(shortest)).toBe(rule);
      expect(shortest.steps.length).toBeLessThanOrEqual(Math.min(MAX_STORY, failed.steps.length));
      process.stdout.write(
        `${what}: run ${failed.seed}, ${failed.steps.length} steps, of which ${shortest.steps.length} tell it\n`,
      );
    });
  }

  it("a message that is acknowledged before its object is read: put, announced, received, acknowledged", async () => {
    const failed = await firstFailure({ acknowledges: "before" });
    expect((await shrunk(failed)).story).toEqual([
      expect.stringMatching(/^a provider puts (object \d+)$/),
      expect.stringMatching(/^the queue is told of object \d+$/),
      expect.stringMatching(/^ingest \d receives object \d+$/),
      expect.stringMatching(/^ingest \d acknowledges object \d+$/),
    ]);
  });
});
