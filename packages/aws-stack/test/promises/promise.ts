import type { Stage } from "../../src/stages.ts";
import type { Templates } from "../synthesised.ts";

/** Something that the stacks of every stage keep. */
export interface Promised {
  /** What is kept, as a sentence. */
  readonly name: string;
  /** @throws where the templates do not keep it. */
  readonly holds: (templates: Templates, stage: Stage) => void;
  /** Changes the templates of production so that they do not keep it. */
  readonly broken: (templates: Templates) => void;
}
