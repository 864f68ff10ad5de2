/** A process of the API: the store with a near cache before the shared one, which follows the changes. */

import {
  LayeredCache,
  MemoryCache,
  type MovieRepository,
  MovieStore,
  type TextAnswer,
} from "@movie-store/core";
import { SimulatedChannel } from "./cache-channel.ts";
import { SimulatedCache } from "./cache-client.ts";
import type { CacheServer } from "./cache-server.ts";
import { repositoryOf } from "./database.ts";
import { MAX_WAY_MS, type SimulatedProcess } from "./process.ts";
import type { Query } from "./scenario.ts";
import type { Step } from "./step.ts";
import type { Variant } from "./variant.ts";

const FOLLOW_EVERY_MS = 200;
const REQUESTS_AT_ONCE = 8;

export interface ApiParts {
  readonly process: SimulatedProcess;
  readonly database: MovieRepository;
  readonly server: CacheServer;
  readonly variant: Variant;
  /** What stories call an entry of the cache. */
  readonly nameOf: (key: string) => string;
}

/** Is told what readers are answered. */
export interface Reader {
  asks(api: Api): (answer: TextAnswer | { readonly error: unknown }) => void;
}

export class Api {
  readonly process: SimulatedProcess;
  readonly cache: SimulatedCache;
  readonly channel: SimulatedChannel;
  readonly #store: MovieStore;
  readonly #hasNoRelay: boolean;
  #requests = 0;
  /** Of the next round of following; `undefined` while one runs. */
  #roundAtMs: number | undefined;
  /** That a round has failed with, and must not. */
  failure: unknown;

  constructor(parts: ApiParts) {
    const { process, database, server, variant } = parts;
    this.process = process;
    this.cache = new SimulatedCache(process, server, parts.nameOf);
    this.channel = new SimulatedChannel(process, server);
    const far = variant.cache?.(this.cache) ?? this.cache;
    // Never set back, as the time of day may be.
    const steady = () => process.clock.nowMs;
    const layers = { near: new MemoryCache({ clock: steady }), far, channel: this.channel, clock: steady };
    const repository = repositoryOf(process, database);
    this.#store = new MovieStore({
      repository: variant.repository?.(repository, far) ?? repository,
      cache: variant.layers?.(layers) ?? new LayeredCache(layers),
      clock: process.timeOfDay,
      digest: () => "",
    });
    this.#hasNoRelay = variant.hasNoRelay === true;
    this.#roundAtMs = process.clock.nowMs + FOLLOW_EVERY_MS;
  }

  get dueMs(): number {
    const roundMs = (this.#roundAtMs ?? Number.POSITIVE_INFINITY) + MAX_WAY_MS;
    return Math.min(this.process.dueMs, this.channel.dueMs, roundMs);
  }

  /** Whether a request or a round is under way. */
  get isBusy(): boolean {
    return this.#requests > 0 || this.#roundAtMs === undefined;
  }

  async die(): Promise<void> {
    this.process.die();
    await this.channel.close();
  }

  *steps(queries: readonly Query[], reader: (query: Query) => Reader): Iterable<Step> {
    yield* this.process.steps();
    const { name, clock } = this.process;
    if (this.#requests < REQUESTS_AT_ONCE) {
      for (const query of queries) {
        const happen = () => void this.ask(query, reader(query));
        yield { kind: "ask", name: `${name} is asked for ${query.name}`, happen };
      }
    }
    if (this.#roundAtMs !== undefined && this.#roundAtMs <= clock.nowMs) {
      yield { kind: "follow", name: `${name} follows the changes`, happen: () => void this.#follow() };
    }
  }

  async ask(query: Query, reader: Reader): Promise<void> {
    this.#requests++;
    const answer = reader.asks(this);
    try {
      answer(await query.ask(this.#store));
    } catch (error) {
      answer({ error });
    }
    this.#requests--;
  }

  async #follow(): Promise<void> {
    this.#roundAtMs = undefined;
    try {
      if (!this.#hasNoRelay) await this.#store.catchUp();
    } catch (error) {
      this.failure ??= error;
    }
    this.#roundAtMs = this.process.clock.nowMs + FOLLOW_EVERY_MS;
  }
}
