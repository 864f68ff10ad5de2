/** What commands do to the database and the cache server, under some rules. */

import type { Rules } from "./rules.ts";
import type { Scenario, Tag } from "./scenario.ts";
import type { Entry, Follower, Server, State, Values } from "./state.ts";

/** What a command on the cache server changes. */
export type ServerChange = Pick<State, "server" | "lastValue">;

export type World = ReturnType<typeof openWorld>;

export function openWorld(scenario: Scenario, rules: Rules) {
  const filmAt = (state: State, version: number): readonly Tag[] =>
    scenario.writers[state.log[version - 1]?.writer ?? -1] ?? scenario.film;

  const finds = (state: State, query: number, version: number): boolean =>
    scenario.queries[query]?.all.every((tag) => filmAt(state, version).includes(tag)) ?? false;

  const tagsOfChange = (state: State, number: number): readonly Tag[] => {
    const after = filmAt(state, number);
    return rules.images === "after" ? after : [...filmAt(state, number - 1), ...after];
  };

  /** The first change that the entry does not show although it changed the answer, of those that `counts`. */
  const missedBy = (state: State, query: number, entry: Entry, counts: (number: number) => boolean) => {
    for (let number = entry.readAt + 1; number <= state.log.length; number++) {
      if (counts(number) && (finds(state, query, number - 1) || finds(state, query, number))) return number;
    }
    return undefined;
  };

  const tagsOf = (query: number): readonly Tag[] => scenario.queries[query]?.tags ?? [];

  const valuesOf = (server: Server, query: number): Values =>
    tagsOf(query).map((tag) => server.tags[tag] ?? (rules.absent === "is 0" ? 0 : undefined));

  const isCurrent = (server: Server, query: number, values: Values): boolean => {
    if (rules.bump === "delete-entries") return true;
    const current = valuesOf(server, query);
    const isSame = (value: number | undefined, at: number) => value !== undefined && value === current[at];
    return rules.valid === "all tags unchanged" ? values.every(isSame) : values.some(isSame);
  };

  const bumped = (state: State, tag: Tag, { from, upTo }: Follower): ServerChange => {
    const { server } = state;
    const lastValue = state.lastValue + 1;
    const withTag = (value: number) => ({
      server: { ...server, tags: { ...server.tags, [tag]: value } },
      lastValue,
    });
    switch (rules.bump) {
      case "nonce":
        return withTag(lastValue);
      case "increment":
        return withTag((server.tags[tag] ?? 0) + 1);
      case "largest-log-id": {
        const logIds = state.log.slice(from, upTo).map(({ logId }) => logId);
        return withTag(Math.max(server.tags[tag] ?? 0, ...logIds));
      }
      case "delete-entries": {
        const entries = server.entries.map((entry, query) =>
          tagsOf(query).includes(tag) ? undefined : entry,
        );
        return { server: { ...server, entries }, lastValue };
      }
    }
  };

  /** Gives values to the tags of a query that have none. */
  const created = (state: State, query: number): ServerChange => {
    if (rules.absent === "is 0") return state;
    let { lastValue } = state;
    const tags = { ...state.server.tags };
    for (const tag of tagsOf(query)) tags[tag] ??= ++lastValue;
    return { server: { ...state.server, tags }, lastValue };
  };

  return { scenario, rules, filmAt, tagsOfChange, missedBy, valuesOf, isCurrent, bumped, created };
}
