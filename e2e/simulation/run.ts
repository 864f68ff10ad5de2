/** A run of the simulation: by chance, or by a story that is told again. Both then come to rest. */

import { setImmediate as settled } from "node:timers/promises";
import { Random } from "@movie-store/core/testing";
import { Chance } from "./chance.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";
import type { Step, StepKind } from "./step.ts";
import type { Variant } from "./variant.ts";
import { type Violation, World } from "./world.ts";

export interface Run {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly variant: Variant;
  /** The names of the steps, up to what went wrong. */
  readonly steps: readonly string[];
  /** The same, with what they led to. */
  readonly story: readonly string[];
  readonly kinds: readonly StepKind[];
  readonly violation: Violation | undefined;
  /** Whether it went wrong, if it did, after the last of these steps, when all was to come to rest. */
  readonly isAtRest: boolean;
}

/** What is done first when all is to come to rest. */
const CALMING: readonly StepKind[] = [
  "mend",
  "start",
  "event",
  "work",
  "receive",
  "told",
  "follow",
  "time",
  "moment",
];
/** It takes some hundred. */
const MAX_CALMING_STEPS = 2_000;
/** By then every change is followed, and nothing near is older. */
const REST_MS = 1_400;

export async function randomRun(seed: number, variant: Variant = {}): Promise<Run> {
  const chance = new Chance(new Random(seed));
  return run(await scenarioOf(seed), seed, variant, (steps) => chance.pick(steps));
}

/** Takes the steps of these names in this order, without those that are not possible. */
export async function retoldRun(told: Run, names: readonly string[]): Promise<Run> {
  let at = 0;
  const choose = (steps: readonly Step[]) => {
    while (at < names.length) {
      const name = names[at++];
      const step = steps.find((each) => each.name === name);
      if (step !== undefined) return step;
    }
    return undefined;
  };
  return run(told.scenario, told.seed, told.variant, choose);
}

async function run(
  scenario: Scenario,
  seed: number,
  variant: Variant,
  choose: (steps: readonly Step[]) => Step | undefined,
): Promise<Run> {
  const world = await World.open(scenario, variant);
  const [taken, story, kinds]: [string[], string[], StepKind[]] = [[], [], []];
  await settled();
  while (world.violation === undefined) {
    const step = choose([...world.steps()]);
    if (step === undefined) break;
    const ledTo = await take(world, step);
    taken.push(step.name);
    kinds.push(step.kind);
    story.push([step.name, ...ledTo].join(" → "));
  }
  const isAtRest = world.violation === undefined;
  if (isAtRest) await comeToRest(world, seed);
  return { scenario, seed, variant, steps: taken, story, kinds, violation: world.violation, isAtRest };
}

async function take(world: World, step: Step): Promise<readonly string[]> {
  step.happen();
  await settled();
  return world.afterStep();
}

async function comeToRest(world: World, seed: number): Promise<void> {
  world.dropStrays();
  await calm(world);
  const restsSinceMs = world.clock.nowMs;
  while (world.violation === undefined && world.clock.nowMs < restsSinceMs + REST_MS) await calmStep(world);
  await calm(world);
  if (world.violation !== undefined) return;
  world.askAtRest();
  await settled();
  await calm(world);
  await world.judgeAtRest(seed);
}

async function calm(world: World): Promise<void> {
  for (let left = MAX_CALMING_STEPS; world.violation === undefined && !world.isQuiet; left--) {
    if (left === 0) world.violation = { rule: "rest", what: "it does not come to rest" };
    else await calmStep(world);
  }
}

/** Takes the step that brings it closest to rest. */
async function calmStep(world: World): Promise<void> {
  const steps = [...world.steps()];
  for (const kind of CALMING) {
    const step =
      kind === "time"
        ? steps.findLast((each) => each.kind === kind)
        : steps.find((each) => each.kind === kind);
    if (step === undefined) continue;
    await take(world, step);
    return;
  }
  world.violation = { rule: "rest", what: "nothing can happen any more" };
}
