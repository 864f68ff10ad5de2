import { describe, expect, test } from "vitest";
import { STAGES } from "../src/stages.ts";
import { CLUSTER } from "./promises/cluster.ts";
import { COMPUTE } from "./promises/compute.ts";
import { EDGE } from "./promises/edge.ts";
import { OBJECTS } from "./promises/objects.ts";
import { TOLD } from "./promises/outputs.ts";
import type { Promised } from "./promises/promise.ts";
import { STORES } from "./promises/stores.ts";
import { SURROUNDINGS } from "./promises/surroundings.ts";
import { synthesise, type Templates } from "./synthesised.ts";

const PROMISES: readonly Promised[] = [
  ...OBJECTS,
  ...STORES,
  ...SURROUNDINGS,
  ...COMPUTE,
  ...CLUSTER,
  ...EDGE,
  ...TOLD,
];
const stages = STAGES.map((stage) => ({ stage, templates: synthesise(stage) }));

describe.for(stages)("$stage.name", ({ stage, templates }) => {
  test.for(PROMISES)("$name", ({ holds }) => holds(templates, stage));
});

describe("a template of production that breaks it is noticed:", () => {
  const [production] = stages.filter(({ stage }) => stage.name === "production");
  if (production === undefined) throw new Error("there is no production");
  const { stage, templates } = production;

  test.for(PROMISES)("$name", ({ holds, broken }) => {
    const changed: Templates = structuredClone(templates);
    broken(changed);
    expect(changed, "nothing was changed").not.toEqual(templates);
    expect(() => holds(changed, stage)).toThrow();
  });
});
