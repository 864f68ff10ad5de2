/** The steps of those who invalidate: writers, and the relay that finishes what they leave. */

import type { Step } from "./explore.ts";
import type { Tag } from "./scenario.ts";
import { type Follower, IDLE, type State } from "./state.ts";
import type { World } from "./world.ts";

/** @param who the number of a writer, or the count of them: the relay. */
export function* followerSteps(world: World, state: State, who: number): Iterable<Step<State>> {
  const { scenario, rules } = world;
  const isRelay = who === state.writers.length;
  const me = isRelay ? state.relay : (state.writers[who] as Follower);
  const name = isRelay ? "relay" : `writer ${who + 1}`;
  const moved = (next: Follower, rest: Partial<State> = {}): State => {
    const changed = isRelay
      ? { relay: next.at === "over" ? IDLE : next }
      : { writers: state.writers.with(who, next.at === "over" ? { ...IDLE, at: "over" } : next) };
    return { ...state, ...changed, ...rest };
  };
  const over: Follower = { ...me, at: "over" };
  if (me.at === "over") return;
  // Before its commit a dead writer is none; the relay dies as any process that has not yet asked.
  const canDie = me.at === "bump" || me.at === "mark" || (me.at === "ask" && !isRelay);
  if (canDie && state.crashes > 0) {
    yield { name: `${name} dies`, next: moved(over, { crashes: state.crashes - 1 }) };
  }
  const bumpsFirst = rules.order === "bump, commit";
  switch (me.at) {
    case "begin": {
      const lastLogId = state.lastLogId + 1;
      const next: Follower = { ...me, at: "commit", logId: lastLogId };
      yield { name: `${name} is given log id ${lastLogId}`, next: moved(next, { lastLogId }) };
      return;
    }
    case "prepare": {
      const tags = [...new Set([...world.filmAt(state, state.log.length), ...(scenario.writers[who] ?? [])])];
      yield { name: `${name} reads the film`, next: moved({ ...me, at: "bump", tags }) };
      return;
    }
    case "commit": {
      const log = [...state.log, { writer: who, logId: me.logId }];
      const finished = bumpsFirst ? [...state.finished, log.length] : state.finished;
      const next: Follower = bumpsFirst ? over : { ...me, at: "ask" };
      yield { name: `${name} commits change ${log.length}`, next: moved(next, { log, finished }) };
      return;
    }
    case "idle":
    case "ask": {
      const [from, upTo] = [state.followed, state.log.length];
      if (from === upTo) {
        if (!isRelay) yield { name: `${name} has nothing to do`, next: moved(over) };
        return;
      }
      const changes = Array.from({ length: upTo - from }, (_, at) => from + at + 1);
      const own = [...new Set(changes.flatMap((number) => world.tagsOfChange(state, number)))];
      const tags: readonly Tag[] = changes.length > rules.maxSingly ? ["every"] : own;
      const at = rules.mark === "before the bump" ? "mark" : "bump";
      yield { name: `${name} reads changes ${changes}`, next: moved({ ...me, at, from, upTo, tags }) };
      return;
    }
    case "bump": {
      const [tag, ...tags] = me.tags as [Tag, ...Tag[]];
      if (state.failedBumps > 0) {
        const next: Follower = rules.mark === "even if the bump failed" ? { ...me, at: "mark" } : over;
        yield {
          name: `${name} can't reach the cache server`,
          next: moved(next, { failedBumps: state.failedBumps - 1 }),
        };
      }
      const done = world.bumped(state, tag, me);
      if (tags.length > 0) {
        yield { name: `${name} invalidates ${tag}`, next: moved({ ...me, tags }, done) };
        return;
      }
      const now = Array.from({ length: me.upTo - me.from }, (_, at) => me.from + at + 1);
      const finished = [...new Set([...state.finished, ...now])].sort();
      const at = bumpsFirst ? "commit" : rules.mark === "before the bump" ? "over" : "mark";
      yield {
        name: `${name} invalidates ${tag}, the last`,
        next: moved({ ...me, at, tags }, { ...done, finished }),
      };
      return;
    }
    case "mark":
      yield {
        name: `${name} marks ${me.upTo}`,
        next: moved(rules.mark === "before the bump" ? { ...me, at: "bump" } : over, {
          followed: Math.max(state.followed, me.upTo),
        }),
      };
      return;
  }
}
