/** Which step comes next, by chance: each run has other things happen often, seldom and never. */

import type { Random } from "@movie-store/core/testing";
import type { Step, StepKind } from "./step.ts";

/** How often each kind of step is taken, of those that are possible: a run has one of these weights. */
const WEIGHTS: Readonly<Record<StepKind, readonly number[]>> = {
  work: [50],
  "late reply": [3, 20],
  moment: [0.5, 4],
  time: [10, 80],
  put: [3, 8],
  "put out of turn": [0],
  event: [15],
  receive: [25],
  ask: [4, 12],
  follow: [20],
  told: [2, 8],
  start: [8],
  mend: [0.1, 2],
  "given up": [0, 0, 0.3, 1, 3],
  stray: [0, 1, 4],
  crash: [0, 0, 0.2, 0.8],
  "out of time": [0, 0, 0.2, 1],
  "cut off": [0, 0, 0.15, 0.5],
  silence: [0, 0, 0.5, 2],
  forget: [0, 0, 0.3, 1],
  replicate: [0, 0.5, 1],
  "fail over": [0, 0, 0.3, 0.8],
  delete: [0, 0, 0.5, 2],
  repeat: [0, 0.5, 2],
};
/** For a while a step is seldom taken although it could be: so one process overtakes another. */
const PACES = [0.01, 1, 1, 1, 3];
const STEPS_AT_A_PACE = 60;
const LEAST_STEPS = 100;
const MOST_STEPS = 500;

export class Chance {
  readonly #random: Random;
  readonly #weights: ReadonlyMap<StepKind, number>;
  readonly #paces = new Map<string, number>();
  #left: number;

  constructor(random: Random) {
    this.#random = random;
    const kinds = Object.entries(WEIGHTS) as [StepKind, readonly number[]][];
    this.#weights = new Map(kinds.map(([kind, weights]) => [kind, random.pick(weights)]));
    this.#left = LEAST_STEPS + random.integer(MOST_STEPS - LEAST_STEPS);
  }

  /** `undefined`: it is enough. */
  pick(steps: readonly Step[]): Step | undefined {
    if (this.#left-- === 0) return undefined;
    if (this.#left % STEPS_AT_A_PACE === 0) this.#paces.clear();
    const byKind = Map.groupBy(steps, ({ kind }) => kind);
    const weights = steps.map(({ kind, name }) => {
      const ofKind = (this.#weights.get(kind) ?? 0) / (byKind.get(kind)?.length ?? 1);
      return ofKind * this.#paceOf(name);
    });
    let at = (weights.reduce((sum, weight) => sum + weight, 0) * this.#random.integer(1_000_000)) / 1_000_000;
    return steps.find((_, place) => {
      at -= weights[place] ?? 0;
      return at < 0;
    });
  }

  #paceOf(name: string): number {
    const pace = this.#paces.get(name) ?? this.#random.pick(PACES);
    this.#paces.set(name, pace);
    return pace;
  }
}
