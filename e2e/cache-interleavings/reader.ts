/** The steps of those who ask the cache first, and the database at a miss. */

import type { Step } from "./explore.ts";
import type { Reader, State } from "./state.ts";
import type { World } from "./world.ts";

export function* readerSteps(world: World, state: State, who: number): Iterable<Step<State>> {
  const { scenario, rules } = world;
  const me = state.readers[who] as Reader;
  const query = scenario.readers[who]?.query ?? 0;
  const name = `reader ${who + 1}`;
  const moved = (next: Reader, rest: Partial<State> = {}): State => ({
    ...state,
    readers: state.readers.with(who, next),
    ...rest,
  });
  const nextRound: Reader =
    me.rounds > 1
      ? { at: "look", rounds: me.rounds - 1, values: [], readAt: 0 }
      : { at: "over", rounds: 0, values: [], readAt: 0 };
  switch (me.at) {
    case "look": {
      const entry = state.server.entries[query];
      if (entry !== undefined && world.isCurrent(state.server, query, entry.values)) {
        const missed = world.missedBy(state, query, entry, (number) => state.finished.includes(number));
        const step = { name: `${name} hits`, next: moved(nextRound) };
        yield missed === undefined ? step : { ...step, violation: `a hit that misses change ${missed}` };
        return;
      }
      const values = world.valuesOf(state.server, query);
      const lacks = values.includes(undefined);
      const at = rules.capture === "after the read" ? "read" : lacks ? "create" : "read";
      yield { name: `${name} misses`, next: moved({ ...me, at, values: at === "create" ? [] : values }) };
      return;
    }
    case "create": {
      const with_ = world.created(state, query);
      const values = world.valuesOf(with_.server, query);
      yield { name: `${name} gives tags values`, next: moved({ ...me, at: "read", values }, with_) };
      return;
    }
    case "read": {
      const at = rules.capture === "after the read" ? "capture" : "set";
      const oldest = rules.fillFrom === "replica" ? 0 : state.log.length;
      for (let readAt = oldest; readAt <= state.log.length; readAt++) {
        yield { name: `${name} reads version ${readAt}`, next: moved({ ...me, at, readAt }) };
      }
      return;
    }
    case "capture": {
      const with_ = world.created(state, query);
      const values = world.valuesOf(with_.server, query);
      yield {
        name: `${name} takes the values of the tags`,
        next: moved({ ...me, at: "set", values }, with_),
      };
      return;
    }
    case "set": {
      const entries = state.server.entries.with(query, { readAt: me.readAt, values: me.values });
      yield {
        name: `${name} sets version ${me.readAt}`,
        next: moved(nextRound, { server: { ...state.server, entries } }),
      };
      return;
    }
  }
}
