/** What may happen next in a run. */

export type StepKind =
  /** What was called comes to its server, and its reply to the caller. */
  | "work"
  | "late reply"
  | "given up"
  | "stray"
  | "moment"
  | "time"
  | "put"
  /** Only where a story is told again without the objects before. */
  | "put out of turn"
  | "event"
  | "receive"
  | "ask"
  | "follow"
  | "told"
  | "start"
  | "mend"
  /** From here on: what goes wrong, besides what is given up. */
  | "crash"
  | "out of time"
  | "cut off"
  | "silence"
  | "forget"
  | "replicate"
  | "fail over"
  | "delete"
  | "repeat";

export interface Step {
  readonly kind: StepKind;
  /** By which a story is told again: the same for the same thing, whatever else has happened. */
  readonly name: string;
  happen(): void;
}
