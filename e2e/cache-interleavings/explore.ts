/** Walks through every state that a model can come to. */

export interface Step<State> {
  /** What happens, for the story of a violation. */
  readonly name: string;
  readonly next: State;
  /** Set when this step does what must never be done. */
  readonly violation?: string;
}

export interface Model<State> {
  readonly initial: State;
  /** All that can happen next, in any process. */
  steps(state: State): Iterable<Step<State>>;
  /** What is wrong with a state itself. */
  violationIn(state: State): string | undefined;
  /** Equal for states that have the same future. */
  keyOf(state: State): string;
}

export interface Exploration {
  /** Different states that were found, all of them if there is no violation. */
  readonly states: number;
  /** The shortest story that ends in a violation. */
  readonly violation: { readonly what: string; readonly story: readonly string[] } | undefined;
}

/** Breadth first, so that the first violation is one of the shortest. */
export function explore<State>(model: Model<State>): Exploration {
  const known = new Map<string, number>([[model.keyOf(model.initial), 0]]);
  const cameFrom: { readonly parent: number; readonly name: string }[] = [{ parent: -1, name: "" }];
  let frontier = [{ state: model.initial, id: 0 }];
  const storyOf = (id: number): string[] => {
    const story: string[] = [];
    for (let at = id; at > 0; at = cameFrom[at]?.parent ?? 0) story.unshift(cameFrom[at]?.name ?? "");
    return story;
  };
  while (frontier.length > 0) {
    const found: typeof frontier = [];
    for (const { state, id } of frontier) {
      for (const { name, next, violation } of model.steps(state)) {
        if (violation !== undefined) {
          return { states: known.size, violation: { what: violation, story: [...storyOf(id), name] } };
        }
        const key = model.keyOf(next);
        if (known.has(key)) continue;
        const nextId = known.size;
        known.set(key, nextId);
        cameFrom.push({ parent: id, name });
        const what = model.violationIn(next);
        if (what !== undefined) return { states: known.size, violation: { what, story: storyOf(nextId) } };
        found.push({ state: next, id: nextId });
      }
    }
    frontier = found;
  }
  return { states: known.size, violation: undefined };
}
