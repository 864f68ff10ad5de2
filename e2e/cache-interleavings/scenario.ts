/** What happens in a model: one film that is updated, and queries that find it or not. */

export type Tag = "x" | "y" | "every" | "epoch";

interface Query {
  /** Finds the film while it has all of these. */
  readonly all: readonly Tag[];
  /** On which its entry depends. */
  readonly tags: readonly Tag[];
}

export interface Scenario {
  /** The tags of the film at first. */
  readonly film: readonly Tag[];
  /** The tags that each writer gives to the film, by one update. */
  readonly writers: readonly (readonly Tag[])[];
  /** What each reader asks, by the number of the query, and how often. */
  readonly readers: readonly { readonly query: number; readonly rounds: number }[];
  readonly queries: readonly Query[];
  /** Writers or relays that die, between any two of their steps. */
  readonly crashes?: number;
  /** Invalidations that do not reach the cache server. */
  readonly failedBumps?: number;
  /** Tags or entries that the cache server forgets. */
  readonly evictions?: number;
  /** Replicas that take over, with what has come to them by then. */
  readonly failovers?: number;
}

const X: Query = { all: ["x"], tags: ["x"] };
const Y: Query = { all: ["y"], tags: ["y"] };

/** A film moves out of one query into another and back. */
export const MOVING_FILM: Scenario = {
  film: ["x"],
  writers: [["y"], ["x"]],
  readers: [
    { query: 0, rounds: 2 },
    { query: 1, rounds: 1 },
  ],
  queries: [X, Y],
  evictions: 1,
};

/** Whoever invalidates dies, or does not reach the cache server, which forgets things as well. */
export const CRASH: Scenario = {
  film: ["x"],
  writers: [["y"]],
  readers: [
    { query: 0, rounds: 2 },
    { query: 1, rounds: 1 },
  ],
  queries: [X, Y],
  crashes: 1,
  failedBumps: 1,
  evictions: 1,
};

/** Two writers and the relay follow each other's changes. */
export const CRASH_OF_TWO: Scenario = {
  film: ["x"],
  writers: [["x"], ["x"]],
  readers: [{ query: 0, rounds: 3 }],
  queries: [X],
  crashes: 1,
  failedBumps: 1,
};

/** The replica of the cache server takes over, with any part of what the primary had. */
export const FAIL_OVER: Scenario = {
  film: ["x"],
  writers: [["x"], ["x"]],
  readers: [{ query: 0, rounds: 2 }],
  queries: [{ all: ["x"], tags: ["x", "epoch"] }],
  failovers: 1,
};

/** It happens twice, and the writer or the relay may die in the midst of it. */
export const TWO_FAIL_OVERS: Scenario = { ...FAIL_OVER, writers: [["x"]], crashes: 1, failovers: 2 };

/** A query of two conditions, with the tags of both. */
export const TWO_CONDITIONS: Scenario = {
  film: ["x", "y"],
  writers: [["y"], ["x", "y"]],
  readers: [
    { query: 0, rounds: 2 },
    { query: 0, rounds: 1 },
  ],
  queries: [{ all: ["x", "y"], tags: ["x", "y"] }],
};

/** So much is pending that one tag stands for all; the entries have it besides their own. */
export const BACKLOG: Scenario = {
  film: ["x"],
  writers: [["x"], ["x"]],
  readers: [{ query: 0, rounds: 2 }],
  queries: [{ all: ["x"], tags: ["x", "every"] }],
  crashes: 1,
  evictions: 1,
};
