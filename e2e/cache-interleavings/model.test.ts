import { describe, expect, it } from "vitest";
import { explore } from "./explore.ts";
import { cacheModel } from "./model.ts";
import { DESIGN, type Rules } from "./rules.ts";
import {
  BACKLOG,
  CRASH,
  CRASH_OF_TWO,
  FAIL_OVER,
  MOVING_FILM,
  type Scenario,
  TWO_CONDITIONS,
  TWO_FAIL_OVERS,
} from "./scenario.ts";

/** Where nobody dies, the writers do all the work; without the relay there is less to walk through. */
const WITHOUT_RELAY: Partial<Rules> = { hasRelay: false };

const SOUND: readonly (readonly [what: string, scenario: Scenario, rules: Partial<Rules>])[] = [
  ["a film moves between two queries", MOVING_FILM, WITHOUT_RELAY],
  ["a writer or the relay dies or can't reach the cache server", CRASH, {}],
  ["two writers and the relay follow each other's changes", CRASH_OF_TWO, {}],
  ["a replica takes over", FAIL_OVER, {}],
  ["replicas take over while a writer or the relay dies", TWO_FAIL_OVERS, {}],
  ["a query has the tags of both of its conditions", TWO_CONDITIONS, WITHOUT_RELAY],
  [
    "a query of two conditions is served while one of the tags is unchanged",
    TWO_CONDITIONS,
    { ...WITHOUT_RELAY, valid: "any tag unchanged" },
  ],
  ["a long backlog is followed by one tag", BACKLOG, { maxSingly: 1 }],
];

const BROKEN: readonly (readonly [
  what: string,
  scenario: Scenario,
  rules: Partial<Rules>,
  violation: RegExp,
])[] = [
  [
    "only the tags of the film as it is now",
    MOVING_FILM,
    { ...WITHOUT_RELAY, images: "after" },
    /a hit that/,
  ],
  ["entries deleted at each write", MOVING_FILM, { ...WITHOUT_RELAY, bump: "delete-entries" }, /a hit that/],
  ["tags taken after the read", MOVING_FILM, { ...WITHOUT_RELAY, capture: "after the read" }, /a hit that/],
  [
    "invalidation before the commit only",
    MOVING_FILM,
    { ...WITHOUT_RELAY, order: "bump, commit" },
    /a hit that/,
  ],
  [
    "counters as tags, and a server that forgets",
    MOVING_FILM,
    { ...WITHOUT_RELAY, bump: "increment", absent: "is 0" },
    /a hit that/,
  ],
  [
    "a tag without a value that counts as one",
    MOVING_FILM,
    { ...WITHOUT_RELAY, absent: "is 0" },
    /a hit that/,
  ],
  [
    "the largest id of the log as tag",
    { ...MOVING_FILM, evictions: 0 },
    { ...WITHOUT_RELAY, bump: "largest-log-id", absent: "is 0" },
    /a hit that/,
  ],
  [
    "entries filled from a replica that is behind",
    MOVING_FILM,
    { ...WITHOUT_RELAY, fillFrom: "replica" },
    /a hit that/,
  ],
  ["a fail-over without a new epoch", FAIL_OVER, { hasEpoch: false }, /a hit that/],
  ["a writer that dies, and no relay", CRASH, WITHOUT_RELAY, /at rest/],
  ["changes marked as followed before they are", CRASH, { mark: "before the bump" }, /at rest/],
  ["changes marked as followed although that failed", CRASH, { mark: "even if the bump failed" }, /at rest/],
];

describe("every interleaving of the design serves nothing out of date, and at rest the cache is right", () => {
  for (const [what, scenario, rules] of SOUND) {
    it(`where ${what}`, () => {
      const { states, violation } = explore(cacheModel(scenario, { ...DESIGN, ...rules }));
      expect(violation).toBeUndefined();
      // A model in which hardly anything can happen would prove hardly anything.
      expect(states).toBeGreaterThan(1_000);
      process.stdout.write(`${states.toLocaleString("en")} states: ${what}\n`);
    });
  }
});

describe("some interleaving is found that goes wrong with", () => {
  for (const [what, scenario, rules, expected] of BROKEN) {
    it(what, () => {
      const { states, violation } = explore(cacheModel(scenario, { ...DESIGN, ...rules }));
      expect(violation?.what).toMatch(expected);
      process.stdout.write(
        `${states.toLocaleString("en")} states, ${violation?.story.length} steps: ${what}\n`,
      );
    });
  }
});
