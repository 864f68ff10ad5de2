/** Whatever comes as an event has a verdict: it announces objects, announces nothing, or is unreadable and says why. */

import { readdirSync, readFileSync } from "node:fs";
import { nastyStrings } from "@movie-store/core/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readInvocation } from "./event.ts";

const FOLDER = new URL("../events/", import.meta.url);
const SAMPLES: readonly unknown[] = readdirSync(FOLDER).map((name) =>
  JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")),
);
const TEXTS = nastyStrings.map(([, text]) => text);

type Place = readonly (string | number)[];

function placesIn(value: unknown, place: Place = []): readonly Place[] {
  if (typeof value !== "object" || value === null) return [place];
  return [place, ...Object.entries(value).flatMap(([key, child]) => placesIn(child, [...place, key]))];
}

/** A copy with something else in one place. */
function replaced(value: unknown, [key, ...rest]: Place, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

function expectVerdicts(event: unknown): void {
  const { kind, messages } = readInvocation(event);
  expect(messages.length).toBeGreaterThan(0);
  if (kind === "queue") expect(messages).toHaveLength((event as { Records: unknown[] }).Records.length);
  for (const { id, announcements, unreadable } of messages) {
    expect(id).not.toBe("");
    if (unreadable !== undefined) {
      expect(announcements).toEqual([]);
      expect(unreadable).not.toBe("");
    }
    for (const { address, fault } of announcements) {
      expect([typeof address.bucket, typeof address.key]).toEqual(["string", "string"]);
      if (fault !== undefined) expect(fault.code).toBe("bad-key");
      if (address.eventTimeMs !== undefined) expect(address.eventTimeMs).not.toBeNaN();
    }
  }
}

describe("an event of a bucket", () => {
  test.each(nastyStrings)("with a nasty text anywhere has a verdict: %s", (_, text) => {
    for (const sample of SAMPLES) {
      for (const place of placesIn(sample)) expectVerdicts(replaced(sample, place, text));
    }
    expectVerdicts(text);
    expectVerdicts({ Records: [{ eventSource: "aws:sqs", messageId: text, body: text, attributes: {} }] });
  });

  test("with anything anywhere has a verdict", () => {
    const anything = fc.oneof(
      fc.constantFrom(...TEXTS),
      fc.jsonValue(),
      fc.constantFrom(undefined, Number.NaN),
    );
    const spoiled = fc.constantFrom(...SAMPLES).chain((sample) =>
      fc.array(fc.tuple(fc.constantFrom(...placesIn(sample)), anything), { maxLength: 3 }).map((changes) =>
        changes.reduce((event, [place, by]) => {
          // An earlier change may have taken the place away.
          try {
            return replaced(event, place, by);
          } catch {
            return event;
          }
        }, sample),
      ),
    );
    fc.assert(fc.property(spoiled, expectVerdicts), { numRuns: 2_000 });
  });

  test("inside a message of a queue has one, though the message is cut, mixed up or no text at all", () => {
    const body = fc
      .tuple(fc.constantFrom(...SAMPLES), fc.nat(), fc.constantFrom(...TEXTS))
      .map(([sample, at, text]) => {
        const whole = JSON.stringify(sample);
        return (
          whole.slice(0, at % whole.length) + text + (at % 2 === 0 ? whole.slice(at % whole.length) : "")
        );
      });
    const message = fc.record({
      eventSource: fc.constant("aws:sqs"),
      messageId: fc.uuid(),
      body,
      attributes: fc.record({ ApproximateReceiveCount: fc.constantFrom("1", 7, "x", null) }),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 10 }), (Records) =>
        expectVerdicts({ Records }),
      ),
      { numRuns: 1_000 },
    );
  });
});
