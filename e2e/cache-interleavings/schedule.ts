/** Real code under every schedule: each call to the outside world waits until the schedule lets it happen. */

export interface Choice {
  readonly name: string;
  happen(): void;
}

interface WaitingCall {
  readonly pod: string;
  readonly name: string;
  /** Whether it is something that comes to the pod, and not something that code of the pod waits for. */
  readonly isArrival: boolean;
  readonly outcomes: readonly (() => unknown)[];
  readonly answer: (value: unknown) => void;
}

export class Schedule {
  #waiting: WaitingCall[] = [];
  /** What each pod has been told. Its code decides by nothing else, so this stands for its state. */
  readonly #told = new Map<string, string[]>();
  /** Every call happens at once, with its first outcome. */
  isFree = false;

  /** @param outcomes each a different way in which the call may end; it happens when one of them is chosen. */
  call<T>(pod: string, name: string, ...outcomes: readonly (() => T)[]): Promise<T> {
    return this.#add(pod, name, false, outcomes);
  }

  /** Something that comes to the pod when the schedule lets it. */
  arrival(pod: string, name: string): Promise<void> {
    return this.#add(pod, name, true, [() => undefined]);
  }

  #add<T>(pod: string, name: string, isArrival: boolean, outcomes: readonly (() => T)[]): Promise<T> {
    if (this.isFree) return Promise.resolve((outcomes[0] as () => T)());
    return new Promise((resolve) => {
      const answer = resolve as (value: unknown) => void;
      this.#waiting.push({ pod, name, isArrival, outcomes, answer });
    });
  }

  /** Whether no code of the pod is in the middle of anything. */
  isIdle(pod: string): boolean {
    return this.#waiting.every((call) => call.pod !== pod || call.isArrival);
  }

  /** Of an idle pod only this matters of what it has been told. */
  sumUp(pod: string, state: string): void {
    this.#told.set(pod, [state]);
  }

  tell(pod: string, what: string): void {
    const told = this.#told.get(pod);
    if (told === undefined) this.#told.set(pod, [what]);
    else told.push(what);
  }

  /** Nothing that the pod waits for will happen any more. */
  kill(pod: string): void {
    this.#waiting = this.#waiting.filter((call) => call.pod !== pod);
    this.tell(pod, "dead");
  }

  isWaiting(pod: string): boolean {
    return this.#waiting.some((call) => call.pod === pod);
  }

  choices(): readonly Choice[] {
    return this.#waiting.flatMap((call) =>
      call.outcomes.map((outcome, at) => ({
        name: `${call.pod}: ${call.name}${call.outcomes.length > 1 ? ` (${at + 1})` : ""}`,
        happen: () => {
          this.#waiting.splice(this.#waiting.indexOf(call), 1);
          const value = outcome();
          this.tell(call.pod, `${call.name}=${JSON.stringify(value)}`);
          call.answer(value);
        },
      })),
    );
  }

  get key(): string {
    return [...this.#told]
      .map(([pod, told]) => `${pod}<${told.join(";")}>`)
      .sort()
      .join("");
  }
}

/** A scenario that has been started. */
export interface Run {
  /** All that can happen next; none when nothing waits any more. */
  choices(): readonly Choice[];
  /** Equal for states that have the same future. */
  key(): Promise<string>;
  /** What has gone wrong so far. */
  readonly violation: string | undefined;
  /** What is wrong when nothing waits any more. */
  violationAtRest(): Promise<string | undefined>;
}

export interface Exploration {
  readonly states: number;
  readonly violation: { readonly what: string; readonly story: readonly string[] } | undefined;
}

/**
 * Starts the scenario again for each way that has not been gone yet, and leaves a way where it comes to a state that
 * is known: what is told to the pods and what the servers hold is the same, so the rest would be.
 */
export async function exploreSchedules(start: () => Run): Promise<Exploration> {
  const known = new Set<string>();
  const ways: number[][] = [[]];
  for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
    const run = start();
    const story: string[] = [];
    const go = async (at: number) => {
      const choice = run.choices()[at];
      story.push(choice?.name ?? "");
      choice?.happen();
      await settled();
    };
    await settled();
    for (const at of way) await go(at);
    for (;;) {
      if (run.violation !== undefined)
        return { states: known.size, violation: { what: run.violation, story } };
      const key = withoutNumbers(await run.key());
      if (known.has(key)) break;
      known.add(key);
      const choices = run.choices();
      if (choices.length === 0) {
        const what = await run.violationAtRest();
        if (what !== undefined) return { states: known.size, violation: { what, story } };
        break;
      }
      for (let other = choices.length - 1; other > 0; other--) ways.push([...way, other]);
      way.push(0);
      await go(0);
    }
  }
  return { states: known.size, violation: undefined };
}

/** Until no code can go on by itself. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Nonces by the order in which they turn up: how they are numbered makes no difference. */
function withoutNumbers(key: string): string {
  const names = new Map<string, string>();
  return key.replace(/#\d+/g, (nonce) => {
    const name = names.get(nonce) ?? `#${names.size}`;
    names.set(nonce, name);
    return name;
  });
}
