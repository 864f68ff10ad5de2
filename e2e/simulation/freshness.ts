/** Judges answers: each has to be one that the database would have given, and not too long ago. */

import { isRetryable, type MemoryMovieRepository, MovieStore, type TextAnswer } from "@movie-store/core";
import type { Api, Reader } from "./api.ts";
import type { Clock } from "./process.ts";
import type { Query } from "./scenario.ts";

/** What users are told; not taken from the code that has to keep it. */
const BOUND_MS = 1_000;

interface Commit {
  readonly version: number;
  readonly atMs: number;
  /** What each query finds from then on. */
  readonly found: ReadonlyMap<Query, string>;
}

export class Freshness {
  readonly #clock: Clock;
  readonly #queries: readonly Query[];
  readonly #truth: MovieStore;
  readonly #apis: () => readonly Api[];
  readonly #report: (what: string) => void;
  readonly #commits: Commit[] = [];
  readonly #follows: { readonly followed: number; readonly atMs: number }[] = [];
  /** What has been answered since it was last taken. */
  readonly heard: string[] = [];

  constructor(options: {
    readonly clock: Clock;
    readonly queries: readonly Query[];
    readonly database: MemoryMovieRepository;
    readonly apis: () => readonly Api[];
    readonly report: (what: string) => void;
  }) {
    this.#clock = options.clock;
    this.#queries = options.queries;
    this.#truth = new MovieStore({ repository: options.database, cache: null, digest: () => "" });
    this.#apis = options.apis;
    this.#report = options.report;
  }

  get followed(): number {
    return this.#follows.at(-1)?.followed ?? 0;
  }

  async takeCommit(version: number): Promise<void> {
    const found = new Map<Query, string>();
    for (const query of this.#queries) found.set(query, essenceOf(await query.ask(this.#truth)));
    this.#commits.push({ version, atMs: this.#clock.nowMs, found });
  }

  takeFollowed(followed: number): void {
    this.#follows.push({ followed, atMs: this.#clock.nowMs });
  }

  reader(query: Query): Reader {
    return {
      asks: (api) => {
        const { process } = api;
        const [askedAtMs, troubles] = [this.#clock.nowMs, process.troubles];
        const strict = api.cache.isConnected ? this.#toldTo(api) : 0;
        const promised = Math.max(this.#followedAt(askedAtMs - BOUND_MS), this.#promisedByRelays(api));
        return (answer) => {
          const hasTroubles = process.troubles > troubles;
          if ("error" in answer) this.#judgeRefusal(process.name, query, answer.error, hasTroubles);
          else this.#judge(process.name, query, answer, hasTroubles ? promised : Math.max(promised, strict));
        };
      },
    };
  }

  /** No reader of this process may miss these changes: their tags have other values in all that it asks. */
  #toldTo({ channel }: Api): number {
    return channel.isTrusted ? Math.min(channel.told, this.followed) : this.followed;
  }

  #followedAt(timeMs: number): number {
    return this.#follows.findLast(({ atMs }) => atMs <= timeMs)?.followed ?? 0;
  }

  /** A process that has had no trouble for the time of the bound has told everyone who hears of it. */
  #promisedByRelays(api: Api): number {
    if (api.channel.isSilent) return 0;
    const relays = this.#apis().filter(({ process, cache }) => process.isUp && cache.isConnected);
    const soundSinceMs = Math.min(...relays.map(({ process }) => process.troubledAtMs));
    const timeMs = this.#clock.nowMs - BOUND_MS;
    if (soundSinceMs > timeMs) return 0;
    return this.#commits.findLast(({ atMs }) => atMs <= timeMs)?.version ?? 0;
  }

  #judgeRefusal(name: string, query: Query, error: unknown, hasTroubles: boolean): void {
    if (isRetryable(error) && hasTroubles) this.heard.push(`${name} refuses ${query.name}`);
    else this.#report(`${name} refuses ${query.name} without need: ${String(error)}`);
  }

  #judge(name: string, query: Query, answer: TextAnswer, required: number): void {
    const { version, layer } = answer;
    const what = `${name} answers with version ${version} of ${query.name}, from ${layer}`;
    this.heard.push(what);
    const found = essenceOf(answer);
    const read = this.#commits.find((commit) => commit.version === version);
    const isStillRight = this.#commits.some(
      (commit) => commit.version >= required && commit.found.get(query) === found,
    );
    if (read?.found.get(query) !== found) this.#report(`${what}, which is not what version ${version} has`);
    else if (!isStillRight) this.#report(`${what}, which has to show change ${required}`);
  }

  /** At rest nothing else may be answered than what the database says now. */
  readerAtRest(query: Query): Reader {
    return {
      asks: (api) => (answer) => {
        const { name } = api.process;
        if ("error" in answer) return this.#judgeRefusal(name, query, answer.error, false);
        if (essenceOf(answer) === this.#commits.at(-1)?.found.get(query)) return;
        const { version, layer } = answer;
        this.#report(`at rest ${name} answers with version ${version} of ${query.name}, from ${layer}`);
      },
    };
  }
}

/** All but the version of the store at which it was read. */
function essenceOf({ status, text, version, next, into }: TextAnswer): string {
  const ofStore = `"version":${version}}`;
  const body = text.endsWith(ofStore) ? text.slice(0, -ofStore.length) : text;
  return `${status} ${into ?? ""} ${next ?? ""} ${body}`;
}
