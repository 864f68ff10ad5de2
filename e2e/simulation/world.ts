/** Two processes of the API, two ingest functions, and what stands between them. */

import { isRetryable, MemoryMovieRepository } from "@movie-store/core";
import { Api } from "./api.ts";
import { Bucket } from "./bucket.ts";
import { CacheServer } from "./cache-server.ts";
import { Checks } from "./checks.ts";
import { Freshness } from "./freshness.ts";
import { Ingest } from "./ingest.ts";
import { type Clock, SimulatedProcess, StrayCalls } from "./process.ts";
import { Queue } from "./queue.ts";
import { APIS, INGESTS, type Scenario } from "./scenario.ts";
import type { Step } from "./step.ts";
import type { Variant } from "./variant.ts";

export interface Violation {
  readonly rule: string;
  readonly what: string;
}

/** How much time may pass at once: the shortest while something is on its way, the others when nothing is. */
const PAUSES = [
  { ms: 1, kind: "moment" },
  { ms: 50, kind: "time" },
  { ms: 200, kind: "time" },
] as const;

export class World {
  readonly clock: Clock;
  readonly scenario: Scenario;
  readonly #variant: Variant;
  readonly #database = new MemoryMovieRepository();
  readonly #strays = new StrayCalls();
  readonly #server: CacheServer;
  readonly #bucket: Bucket;
  readonly #queue: Queue;
  readonly #checks: Checks;
  readonly #freshness: Freshness;
  readonly #processes = new Map<string, Api | Ingest>();
  violation: Violation | undefined;

  private constructor(scenario: Scenario, variant: Variant) {
    this.scenario = scenario;
    this.#variant = variant;
    this.clock = { nowMs: scenario.startMs };
    this.#server = new CacheServer({ isOneOrigin: variant.hasNoEpoch === true });
    this.#bucket = new Bucket(scenario.objects);
    this.#queue = new Queue(this.clock);
    const [database, bucket, clock, { queries }] = [this.#database, this.#bucket, this.clock, scenario];
    const report = (rule: string, what: string) => {
      this.violation ??= { rule, what };
    };
    this.#checks = new Checks({ database, bucket, report });
    const reportStale = (what: string) => report("answers", what);
    this.#freshness = new Freshness({ clock, queries, database, apis: () => this.apis, report: reportStale });
  }

  static async open(scenario: Scenario, variant: Variant): Promise<World> {
    const world = new World(scenario, variant);
    await world.#freshness.takeCommit(0);
    for (const name of [...APIS, ...INGESTS]) world.#start(name);
    return world;
  }

  get apis(): readonly Api[] {
    return [...this.#processes.values()].filter((process) => process instanceof Api);
  }

  /** Whether nobody has anything left to do but to follow. */
  get isQuiet(): boolean {
    const isBusy = [...this.#processes.values()].some(({ process, isBusy }) => isBusy || !process.isUp);
    return !isBusy && this.#queue.isEmpty && !this.#bucket.hasEvents;
  }

  *steps(): Iterable<Step> {
    for (const process of this.#processes.values()) {
      if (process.process.isUp) yield* this.#stepsOf(process);
      else {
        const { name } = process.process;
        yield { kind: "start", name: `${name} starts again`, happen: () => this.#start(name) };
      }
    }
    yield* this.#bucket.steps((named) => this.#queue.send(named));
    yield* this.#queue.steps();
    yield* this.#strays.steps();
    yield* this.#server.steps(() => {
      for (const { process } of this.#processes.values()) process.trouble();
    });
    yield* this.#pauses();
  }

  *#stepsOf(process: Api | Ingest): Iterable<Step> {
    const { name } = process.process;
    const { cache } = process;
    if (process instanceof Api) {
      yield* process.steps(this.scenario.queries, (query) => this.#freshness.reader(query));
      yield* process.channel.steps(this.#freshness.followed, cache.isCutOff);
    } else yield* process.steps();
    yield { kind: "crash", name: `${name} dies`, happen: () => void process.die() };
    if (cache.isCutOff) {
      const happen = () => {
        cache.reach();
        process.process.trouble();
      };
      yield { kind: "mend", name: `${name} can reach the cache again`, happen };
    } else {
      yield { kind: "cut off", name: `${name} can't reach the cache`, happen: () => this.#cutOff(process) };
    }
  }

  #cutOff(process: Api | Ingest): void {
    process.process.trouble();
    process.cache.cutOff();
    if (process instanceof Api) process.channel.lose();
  }

  *#pauses(): Iterable<Step> {
    const alive = [...this.#processes.values()].filter(({ process }) => process.isUp);
    const dueMs = Math.min(...alive.map((process) => process.dueMs));
    for (const { ms, kind } of PAUSES) {
      if (this.clock.nowMs + ms > dueMs) return;
      const happen = () => {
        this.clock.nowMs += ms;
      };
      yield { kind, name: `${ms} ms pass`, happen };
    }
  }

  #start(name: string): void {
    const { clock, scenario } = this;
    const process = new SimulatedProcess(name, clock, this.#strays, scenario.skewsMs[name] ?? 0);
    const { nameOf } = scenario;
    const common = {
      process,
      database: this.#database,
      server: this.#server,
      variant: this.#variant,
      nameOf,
    };
    const onAcknowledged = this.#checks.takeAcknowledged.bind(this.#checks);
    const opened = APIS.some((api) => api === name)
      ? new Api(common)
      : new Ingest({ ...common, bucket: this.#bucket, queue: this.#queue, onAcknowledged });
    this.#processes.set(name, opened);
  }

  /** Judges what a step has led to. @returns what it has led to, for the story. */
  async afterStep(): Promise<readonly string[]> {
    const numbers = await this.#checks.afterStep();
    const last = numbers.at(-1);
    if (last !== undefined) await this.#freshness.takeCommit(last);
    const { followed } = await this.#database.followed();
    if (followed > this.#freshness.followed) {
      this.#freshness.takeFollowed(followed);
      for (const { channel } of this.apis) channel.mark(followed);
    }
    for (const { failure, process } of this.#processes.values()) {
      if (failure === undefined || isRetryable(failure)) continue;
      this.violation ??= { rule: "failures", what: `${process.name} failed: ${String(failure)}` };
    }
    const changes = last === undefined ? [] : [`change ${numbers.join(", ")}`];
    return [...changes, ...this.#freshness.heard.splice(0)];
  }

  /** What is still on its way of calls that were given up is lost. */
  dropStrays(): void {
    this.#strays.drop();
  }

  /** Every process of the API is asked everything; steps have to bring the answers. */
  askAtRest(): void {
    for (const api of this.apis) {
      for (const query of this.scenario.queries) void api.ask(query, this.#freshness.readerAtRest(query));
    }
  }

  async judgeAtRest(seed: number): Promise<void> {
    await this.#checks.atRest(seed);
    const { followed, version } = await this.#database.followed();
    if (followed === version) return;
    this.violation ??= { rule: "answers", what: `at rest change ${followed + 1} has not been followed` };
  }
}
