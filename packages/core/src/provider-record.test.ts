import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newestUpdate, recordOf } from "./provider-record.ts";
import type { UpdateHeader } from "./update.ts";

let made = 0;

function update(given: Partial<UpdateHeader> = {}): UpdateHeader {
  const timeMs = given.timeMs ?? 0;
  return {
    updateId: `u${made++}`,
    recordId: "r",
    place: "a",
    timeMs,
    eventTimeMs: timeMs,
    contentHash: "00",
    withdraws: false,
    ...given,
  };
}

const header: fc.Arbitrary<UpdateHeader> = fc
  .record({
    place: fc.constantFrom("a", "b"),
    sequencer: fc.constantFrom(undefined, "1", "10", "0f", "0F", "2"),
    timeMs: fc.nat(3),
    eventTimeMs: fc.nat(3),
    contentHash: fc.constantFrom("00", "01"),
    withdraws: fc.boolean(),
  })
  .map(({ sequencer, ...rest }) => update({ ...rest, ...(sequencer === undefined ? {} : { sequencer }) }));

/** A set of updates, and the same in another order. */
const orders = fc
  .uniqueArray(header, { selector: ({ updateId }) => updateId, minLength: 1, maxLength: 7 })
  .chain((updates) =>
    fc.tuple(fc.constant(updates), fc.shuffledSubarray(updates, { minLength: updates.length })),
  );

const identity = { id: "r", provider: "acme", sourceId: "1" };
const factsOf = (updateId: string) => ({ title: updateId });

describe("newestUpdate", () => {
  it("is the one with the latest time", () => {
    const late = update({ timeMs: 5 });
    expect(newestUpdate([update({ timeMs: 4 }), late, update({ timeMs: 3 })])).toBe(late);
  });

  it("is told by the sequencer among versions of one place, even against the clock", () => {
    const first = update({ sequencer: "01", timeMs: 9 });
    const second = update({ sequencer: "02", timeMs: 1 });
    expect(newestUpdate([first, second])).toBe(second);
    expect(newestUpdate([second, first])).toBe(second);
  });

  it("is told by the time between different keys, whatever their sequencers", () => {
    const a = update({ place: "a", sequencer: "ff", timeMs: 1 });
    const b = update({ place: "b", sequencer: "01", timeMs: 2 });
    expect(newestUpdate([a, b])).toBe(b);
  });

  it("is told by the time where one of two versions has no sequencer", () => {
    const sequenced = update({ sequencer: "01", timeMs: 1 });
    const bare = update({ timeMs: 2 });
    expect(newestUpdate([sequenced, bare])).toBe(bare);
  });

  it("leaves no say to a version that a later one of its key has replaced", () => {
    const replaced = update({ place: "a", sequencer: "01", timeMs: 9 });
    const replacing = update({ place: "a", sequencer: "02", timeMs: 1 });
    const other = update({ place: "b", timeMs: 5 });
    expect(newestUpdate([replaced, other, replacing])).toBe(other);
  });

  it("falls to the content, then to the id, at the same time", () => {
    const low = update({ contentHash: "00" });
    const high = update({ contentHash: "ff" });
    expect(newestUpdate([low, high])).toBe(high);
    expect(newestUpdate([high, low])).toBe(high);
    const [a, b] = [update({ updateId: "a" }), update({ updateId: "b" })];
    expect(newestUpdate([a, b])).toBe(newestUpdate([b, a]));
  });

  it("does not depend on the order of the updates", () => {
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(newestUpdate(other)).toBe(newestUpdate(one));
      }),
      { numRuns: 1_000 },
    );
  });

  it("stays the newest when the others come again or are forgotten", () => {
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const newest = newestUpdate(one);
        expect(newestUpdate([...one, ...other])).toBe(newest);
        expect(newestUpdate([newest])).toBe(newest);
      }),
    );
  });
});

describe("recordOf", () => {
  it("has the facts, time and content of the newest update and the age of the oldest event", () => {
    const newest = update({ timeMs: 7, eventTimeMs: 6, contentHash: "ab" });
    expect(recordOf(identity, [update({ timeMs: 5, eventTimeMs: 2 }), newest], factsOf)).toEqual({
      ...identity,
      updateId: newest.updateId,
      contentHash: "ab",
      timeMs: 7,
      sinceMs: 2,
      withdrawn: false,
      facts: { title: newest.updateId },
      statedBy: newest.updateId,
    });
  });

  it("is withdrawn with its last statement kept", () => {
    const stated = update({ timeMs: 1 });
    const withdrawal = update({ timeMs: 2, withdraws: true });
    expect(recordOf(identity, [withdrawal, stated], factsOf)).toMatchObject({
      updateId: withdrawal.updateId,
      withdrawn: true,
      statedBy: stated.updateId,
      facts: { title: stated.updateId },
    });
  });

  it("has no facts while nothing but a withdrawal is known", () => {
    const record = recordOf(identity, [update({ withdraws: true })], factsOf);
    expect(record).not.toHaveProperty("facts");
    expect(record).not.toHaveProperty("statedBy");
  });

  it("is back when something newer is said after a withdrawal", () => {
    const back = update({ timeMs: 3 });
    const record = recordOf(identity, [update({ timeMs: 2, withdraws: true }), back], factsOf);
    expect(record).toMatchObject({ withdrawn: false, statedBy: back.updateId });
  });

  it("never shows the facts of a statement that its own key has withdrawn in place of the newest", () => {
    const withdrawn = update({ place: "a", sequencer: "01", timeMs: 9 });
    const withdrawal = update({ place: "a", sequencer: "02", timeMs: 1, withdraws: true });
    const newest = update({ place: "b", timeMs: 5 });
    expect(recordOf(identity, [withdrawn, withdrawal, newest], factsOf)).toMatchObject({
      updateId: newest.updateId,
      statedBy: newest.updateId,
    });
  });

  it("does not depend on the order of the updates, and states what its newest update states", () => {
    fc.assert(
      fc.property(orders, ([one, other]) => {
        const record = recordOf(identity, one, factsOf);
        expect(recordOf(identity, other, factsOf)).toEqual(record);
        if (!record.withdrawn) expect(record.statedBy).toBe(record.updateId);
      }),
      { numRuns: 1_000 },
    );
  });
});
