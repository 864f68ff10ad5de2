/** A process: all that its code waits for comes in when a step of the run says so, in time, late or never. */

import { MovieStoreError } from "@movie-store/core";
import type { Step } from "./step.ts";

export interface Clock {
  /** Milliseconds since 1970, as nobody's clock says them. */
  nowMs: number;
}

/** A call that has been made comes to its server within this time, and its reply comes back within it. */
export const MAX_WAY_MS = 20;

interface Call {
  readonly name: string;
  readonly effect: () => unknown;
  readonly changesNothing: boolean;
  readonly settle: (reply: Promise<unknown>) => void;
  dueMs: number;
  /** Once it has come to its server. */
  reply?: Promise<unknown>;
}

/** Calls that nobody waits for any more, and that may still come to their servers. */
export class StrayCalls {
  #calls: { readonly name: string; readonly effect: () => unknown }[] = [];

  add(name: string, effect: () => unknown): void {
    this.#calls.push({ name, effect });
  }

  drop(): void {
    this.#calls = [];
  }

  *steps(): Iterable<Step> {
    for (const call of this.#calls) {
      const happen = () => {
        this.#calls.splice(this.#calls.indexOf(call), 1);
        void sent(call.effect);
      };
      yield { kind: "stray", name: `what was given up happens after all: ${call.name}`, happen };
    }
  }
}

export class SimulatedProcess {
  readonly name: string;
  /** What its clock shows more than that of the world. */
  readonly skewMs: number;
  readonly clock: Clock;
  readonly #strays: StrayCalls;
  #calls: Call[] = [];
  isUp = true;
  /** How often something has gone wrong for it, and when last. */
  troubles = 0;
  troubledAtMs: number;

  constructor(name: string, clock: Clock, strays: StrayCalls, skewMs: number) {
    this.name = name;
    this.clock = clock;
    this.#strays = strays;
    this.skewMs = skewMs;
    this.troubledAtMs = clock.nowMs;
  }

  /** Its time of day. */
  readonly timeOfDay = (): number => this.clock.nowMs + this.skewMs;

  /** @throws MovieStoreError `unavailable`: it was given up, and may have happened or not, or happen later. */
  change<T>(name: string, effect: () => T | Promise<T>): Promise<T> {
    return this.#call(name, effect, false);
  }

  /** As `change`, for what changes nothing. */
  read<T>(name: string, effect: () => T | Promise<T>): Promise<T> {
    return this.#call(name, effect, true);
  }

  #call<T>(name: string, effect: () => T | Promise<T>, changesNothing: boolean): Promise<T> {
    const dueMs = this.clock.nowMs + MAX_WAY_MS;
    return new Promise((resolve) => {
      const settle = (reply: Promise<unknown>) => resolve(reply as Promise<T>);
      this.#calls.push({ name: `${this.name} ${name}`, effect, changesNothing, settle, dueMs });
    });
  }

  get isBusy(): boolean {
    return this.#calls.length > 0;
  }

  /** Time does not pass beyond it before what is due then has happened. */
  get dueMs(): number {
    return Math.min(...this.#calls.map((call) => call.dueMs));
  }

  trouble(): void {
    this.troubles++;
    this.troubledAtMs = this.clock.nowMs;
  }

  /** Nothing that it waits for comes in any more. What it has sent may arrive. */
  die(): void {
    this.isUp = false;
    this.trouble();
    for (const call of this.#calls) this.#goAstray(call);
    this.#calls = [];
  }

  *steps(): Iterable<Step> {
    for (const call of this.#calls) {
      const { name } = call;
      if (call.reply === undefined) {
        yield { kind: "work", name, happen: () => this.#answer(call, sent(call.effect)) };
        yield { kind: "late reply", name: `${name}, and is told later`, happen: () => this.#arrive(call) };
      } else {
        const reply = call.reply;
        yield { kind: "work", name: `${name}: the reply comes in`, happen: () => this.#answer(call, reply) };
      }
      yield { kind: "given up", name: `${name}: given up`, happen: () => this.#giveUp(call) };
    }
  }

  #arrive(call: Call): void {
    call.reply = sent(call.effect);
    call.dueMs = this.clock.nowMs + MAX_WAY_MS;
  }

  #giveUp(call: Call): void {
    this.trouble();
    this.#goAstray(call);
    this.#answer(call, Promise.reject(new MovieStoreError("unavailable", "the call was given up")));
  }

  #goAstray({ name, effect, changesNothing, reply }: Call): void {
    if (reply === undefined && !changesNothing) this.#strays.add(name, effect);
  }

  #answer(call: Call, reply: Promise<unknown>): void {
    this.#calls.splice(this.#calls.indexOf(call), 1);
    call.settle(reply);
  }
}

function sent(effect: () => unknown): Promise<unknown> {
  const reply = (async () => effect())();
  // Whoever waits for it is told, but perhaps nobody does any more.
  reply.catch(() => {});
  return reply;
}
