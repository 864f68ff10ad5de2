/** The state of a model: the database, the cache server and its replica, and where each process is. */

import type { Scenario, Tag } from "./scenario.ts";

export type Values = readonly (number | undefined)[];

export interface Entry {
  /** The version of the database that it shows. */
  readonly readAt: number;
  /** The values of its query's tags that it was set with. */
  readonly values: Values;
}

export interface Server {
  readonly tags: Readonly<Partial<Record<Tag, number>>>;
  /** By query. */
  readonly entries: readonly (Entry | undefined)[];
}

/** Who invalidates: a writer after its commit, or the relay. */
export interface Follower {
  readonly at: "idle" | "begin" | "prepare" | "commit" | "ask" | "bump" | "mark" | "over";
  /** It follows the changes behind `from`, up to `upTo`. */
  readonly from: number;
  readonly upTo: number;
  /** What is still to be invalidated. */
  readonly tags: readonly Tag[];
  /** Given out before the commit, as an auto-increment column does. */
  readonly logId: number;
}

export interface Reader {
  readonly at: "look" | "create" | "read" | "capture" | "set" | "over";
  readonly rounds: number;
  readonly values: Values;
  readonly readAt: number;
}

interface Commit {
  readonly writer: number;
  readonly logId: number;
}

export interface State {
  /** Change number n is at n - 1. */
  readonly log: readonly Commit[];
  readonly followed: number;
  /** The changes of which every tag has been invalidated since their commit. */
  readonly finished: readonly number[];
  readonly server: Server;
  readonly replica: Server;
  readonly writers: readonly Follower[];
  readonly relay: Follower;
  readonly readers: readonly Reader[];
  readonly lastValue: number;
  readonly lastLogId: number;
  readonly crashes: number;
  readonly failedBumps: number;
  readonly evictions: number;
  readonly failovers: number;
}

export const IDLE: Follower = { at: "idle", from: 0, upTo: 0, tags: [], logId: 0 };

export function initialState(scenario: Scenario, firstStep: Follower["at"]): State {
  const server: Server = { tags: {}, entries: scenario.queries.map(() => undefined) };
  return {
    log: [],
    followed: 0,
    finished: [],
    server,
    replica: server,
    writers: scenario.writers.map(() => ({ ...IDLE, at: firstStep })),
    relay: IDLE,
    readers: scenario.readers.map(({ rounds }) => ({ at: "look", rounds, values: [], readAt: 0 })),
    lastValue: 0,
    lastLogId: 0,
    crashes: scenario.crashes ?? 0,
    failedBumps: scenario.failedBumps ?? 0,
    evictions: scenario.evictions ?? 0,
    failovers: scenario.failovers ?? 0,
  };
}

export interface KeyOptions {
  /** Nothing matters of a value but where else it is: then states are one that differ in their numbers alone. */
  readonly isAnonymous: boolean;
  /** Whether values can ever be those of the query's tags (again); then it does not matter what others are. */
  readonly canMatch: (state: State, query: number, values: Values) => boolean;
}

/** Equal for states that have the same future. Writers of one update, and readers of one query, may change places. */
export function keyOf(state: State, scenario: Scenario, { isAnonymous, canMatch }: KeyOptions): string {
  const names = new Map<number, number>();
  const nameOf = (value: number | undefined) => {
    if (value === undefined) return "-";
    if (!isAnonymous) return value;
    const name = names.get(value) ?? names.size;
    names.set(value, name);
    return name;
  };
  const namesOf = (query: number, values: Values) =>
    canMatch(state, query, values) ? values.map(nameOf).join() : "lost";
  const keyOfServer = ({ tags, entries }: Server) => {
    let key = `${nameOf(tags.x)},${nameOf(tags.y)},${nameOf(tags.every)},${nameOf(tags.epoch)}`;
    for (const [query, entry] of entries.entries()) {
      const values = entry === undefined ? "lost" : namesOf(query, entry.values);
      key += values === "lost" ? ";" : `;${entry?.readAt}:${values}`;
    }
    return key;
  };
  const keyOfFollower = ({ at, from, upTo, tags, logId }: Follower) => `${at}${from},${upTo},${logId}${tags}`;

  let key = keyOfServer(state.server);
  if (state.failovers > 0) key += `|${keyOfServer(state.replica)}`;
  const readers = state.readers.map((reader, who) => {
    const query = scenario.readers[who]?.query ?? 0;
    return { reader, query, key: `|${query}${reader.at}${reader.rounds},${reader.readAt}` };
  });
  readers.sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { reader, query, key: own } of readers) key += `${own}:${namesOf(query, reader.values)}`;
  const writers = state.writers.map((writer, who) => `|${scenario.writers[who]}:${keyOfFollower(writer)}`);
  key += `${writers.sort().join("")}|${keyOfFollower(state.relay)}`;
  for (const { writer, logId } of state.log) key += `|${scenario.writers[writer]}:${logId}`;
  key += `|${state.followed}|${state.finished}|${state.lastLogId}`;
  return `${key}|${state.crashes}${state.failedBumps}${state.evictions}${state.failovers}`;
}
