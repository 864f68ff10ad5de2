import type { FieldSources, SourceEntry } from "@movie-store/core";
import { expect, test } from "vitest";
import { whyItHolds } from "./why.ts";

function source(provider: string, at: string): SourceEntry {
  return { provider, sourceId: "1", updateId: provider, at, withdrawn: false };
}

/** The first speaker holds. */
function field(...providers: readonly [string, ...string[]]): FieldSources {
  const values = providers.map((provider) => ({ provider, sourceId: "1", value: provider }));
  return { provider: providers[0], sourceId: "1", value: providers[0], disputed: values.length > 1, values };
}

const SOURCES = [
  source("early", "2024-01-01T00:00:00Z"),
  source("late", "2024-02-01T00:00:00.000Z"),
  source("also-late", "2024-02-01T00:00:00Z"),
];

test.each([
  [field("early"), "early alone says so"],
  [field("late", "early"), "late said so last"],
  [field("early", "late"), "early ranks above those who spoke later"],
  [field("also-late", "late", "early"), "also-late comes first among those who spoke last"],
])("of %j", (given, why) => {
  expect(whyItHolds(given, SOURCES)).toBe(why);
});

test("a provider with two films of its own is told by both", () => {
  const [older, newer] = [
    source("acme", "2024-01-01T00:00:00Z"),
    { ...source("acme", "2024-03-01T00:00:00Z"), sourceId: "2" },
  ];
  const values = [
    { provider: "acme", sourceId: "1", value: 1 },
    { provider: "acme", sourceId: "2", value: 2 },
  ];
  const given = { provider: "acme", sourceId: "2", value: 2, disputed: true, values };
  expect(whyItHolds(given, [older, newer])).toBe("acme said so last");
});
