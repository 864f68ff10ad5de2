/**
 * The shared cache as step machines: writers, readers, the relay, and what befalls the cache server. A step is one
 * command that the database or the cache server carries out; between any two, everything else may happen.
 */

import type { Model, Step } from "./explore.ts";
import { followerSteps } from "./follower.ts";
import { readerSteps } from "./reader.ts";
import type { Rules } from "./rules.ts";
import type { Scenario, Tag } from "./scenario.ts";
import { initialState, keyOf, type State, type Values } from "./state.ts";
import { openWorld } from "./world.ts";

export function cacheModel(scenario: Scenario, rules: Rules): Model<State> {
  const world = openWorld(scenario, rules);
  const isAnonymous = rules.bump === "nonce" && rules.absent === "takes a new value";
  /** A nonce that is gone never comes back, except from a replica. */
  const canMatch = (state: State, query: number, values: Values) =>
    !isAnonymous || state.failovers > 0 || world.isCurrent(state.server, query, values);

  const firstStep =
    rules.order === "bump, commit" ? "prepare" : rules.bump === "largest-log-id" ? "begin" : "commit";

  return {
    initial: initialState(scenario, firstStep),
    *steps(state) {
      const followers = state.writers.length + (rules.hasRelay ? 1 : 0);
      for (let who = 0; who < followers; who++) yield* followerSteps(world, state, who);
      for (const who of state.readers.keys()) yield* readerSteps(world, state, who);
      yield* serverSteps(state, rules);
    },
    violationIn(state) {
      const isOver = ({ at }: { readonly at: string }) => at === "over";
      if (!state.writers.every(isOver) || !state.readers.every(isOver)) return undefined;
      if (rules.hasRelay && (state.relay.at !== "idle" || state.followed < state.log.length))
        return undefined;
      for (const [query, entry] of state.server.entries.entries()) {
        if (entry === undefined || !world.isCurrent(state.server, query, entry.values)) continue;
        const missed = world.missedBy(state, query, entry, () => true);
        if (missed !== undefined) return `at rest, the cache does not have change ${missed}`;
      }
      return undefined;
    },
    keyOf: (state) => keyOf(state, scenario, { isAnonymous, canMatch }),
  };
}

/** It forgets what it likes, and its replica takes over. */
function* serverSteps(state: State, rules: Rules): Iterable<Step<State>> {
  const { server, evictions, failovers } = state;
  if (evictions > 0) {
    for (const tag of Object.keys(server.tags) as Tag[]) {
      const { [tag]: _, ...tags } = server.tags;
      yield {
        name: `${tag} is evicted`,
        next: { ...state, server: { ...server, tags }, evictions: evictions - 1 },
      };
    }
    for (const [query, entry] of server.entries.entries()) {
      if (entry === undefined) continue;
      const entries = server.entries.with(query, undefined);
      yield {
        name: "an entry is evicted",
        next: { ...state, server: { ...server, entries }, evictions: evictions - 1 },
      };
    }
  }
  if (failovers > 0) {
    if (state.replica !== server) yield { name: "the replica follows", next: { ...state, replica: server } };
    const lastValue = state.lastValue + 1;
    const tags = rules.hasEpoch ? { ...state.replica.tags, epoch: lastValue } : state.replica.tags;
    yield {
      name: "the replica takes over",
      next: { ...state, server: { ...state.replica, tags }, lastValue, failovers: failovers - 1 },
    };
  }
}
