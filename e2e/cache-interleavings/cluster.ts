/** Pods that run the real code, over one database and one cache server. */

import {
  CachedAnswers,
  LayeredCache,
  MAX_NEAR_AGE_MS,
  MemoryCache,
  packAnswer,
  type TextAnswer,
  tag,
} from "@movie-store/core";
import { cacheOf, type Held, repositoryOf, type Surroundings } from "./calls.ts";
import { PodChannel } from "./channel.ts";
import type { Accidents, Faults } from "./faults.ts";
import { CacheServer, Database, EVERY_ANSWER, type Update } from "./outside.ts";
import { type Choice, type Run, Schedule } from "./schedule.ts";

const TTL_MS = 60_000;

export interface Pod {
  readonly name: string;
  readonly mayDie: boolean;
  readonly answers: CachedAnswers;
  readonly held: Held;
  /** Of a pod with two layers. */
  readonly near: MemoryCache | undefined;
  readonly channel: PodChannel | undefined;
  /** How far each of its tasks has come. */
  readonly progress: string[];
}

export class Cluster implements Run {
  readonly schedule = new Schedule();
  readonly #database: Database;
  readonly #server: CacheServer;
  readonly #left: Required<Accidents>;
  readonly #faults: Faults;
  readonly #pods: Pod[] = [];
  #nowMs = 0;
  violation: string | undefined;

  constructor(genres: readonly string[], accidents: Accidents, faults: Faults = {}) {
    this.#database = new Database(genres);
    this.#server = new CacheServer(this.#database);
    this.#left = { crashes: 0, failedBumps: 0, evictions: 0, gaps: 0, seconds: 0, ...accidents };
    this.#faults = faults;
  }

  /** @param options.isLayered with a near cache of its own. */
  open(name: string, options: { readonly isLayered?: boolean; readonly mayDie?: boolean } = {}): Pod {
    const { isLayered = false, mayDie = false } = options;
    const [database, server, schedule] = [this.#database, this.#server, this.schedule];
    const surroundings: Surroundings = { database, server, schedule, left: this.#left, faults: this.#faults };
    const held: Held = { kept: [], seen: 0 };
    const repository = repositoryOf(surroundings, name, held);
    const far = cacheOf(surroundings, name, held, isLayered);
    const clock = () => this.#nowMs;
    const near = isLayered ? (this.#faults.near?.(clock) ?? new MemoryCache({ clock })) : undefined;
    const channel = isLayered ? new PodChannel(name, server, schedule) : undefined;
    const cache =
      near === undefined || channel === undefined ? far : new LayeredCache({ near, far, channel, clock });
    const answers = new CachedAnswers({ repository, cache, ttlMs: TTL_MS });
    const pod: Pod = { name, mayDie, answers, held, near, channel, progress: [] };
    this.#pods.push(pod);
    return pod;
  }

  /** The shared cache has the answer from before. */
  fill(genre: string): void {
    const snapshot = this.#server.snapshot([tag.genre(genre), EVERY_ANSWER]);
    this.#server.entries.set(genre, { value: packAnswer(answerOf(0)), snapshot });
  }

  // ---- what pods do ----

  ask(pod: Pod, genre: string, rounds: number): void {
    void this.#task(pod, async (report) => {
      for (let round = 0; round < rounds; round++) {
        await this.schedule.arrival(pod.name, `a request for ${genre}`);
        await this.#request(pod, genre);
        report(`${round}`);
      }
    });
  }

  write(pod: Pod, update: Update): void {
    void this.#task(pod, async (report) => {
      const number = await this.schedule.call(pod.name, "commits", () => this.#database.commit(update));
      await pod.answers.afterWrite();
      pod.channel?.show(number);
      if (pod.held.kept.length === 0 && !this.#server.finished.has(number)) {
        this.violation ??= `${pod.name} has written change ${number} without invalidating its tags`;
      }
      report("written");
    });
  }

  relay(pod: Pod, ticks: number): void {
    if (this.#faults.hasNoRelay === true) return;
    void this.#task(pod, async (report) => {
      for (let tick = 0; tick < ticks; tick++) {
        if (tick > 0) await this.schedule.arrival(pod.name, "the timer");
        await this.#tick(pod);
        report(`${tick}`);
      }
    });
  }

  async #tick(pod: Pod): Promise<void> {
    // The next one comes again.
    await pod.answers.catchUp().catch(() => {});
  }

  async #request(pod: Pod, genre: string): Promise<void> {
    const mustShow = new Set(pod.channel?.mustShow ?? this.#server.finished);
    this.schedule.tell(pod.name, `must show ${[...mustShow]}`);
    const read = (): Promise<Omit<TextAnswer, "layer">> => {
      const versions =
        this.#faults.readsBehind === true ? [this.#database.version, 0] : [this.#database.version];
      return this.schedule.call(
        pod.name,
        `reads ${genre}`,
        ...versions.map((_, at) => () => answerOf(at === 0 ? this.#database.version : 0)),
      );
    };
    const { version, layer } = await pod.answers.get(genre, [tag.genre(genre)], read);
    const missed = this.#database.missedBy(version, genre, mustShow);
    if (missed === undefined) return;
    this.violation ??= `${pod.name} serves version ${version} of ${genre} from ${layer}, without change ${missed}`;
  }

  async #task(pod: Pod, work: (report: (progress: string) => void) => Promise<void>): Promise<void> {
    const task = pod.progress.push("") - 1;
    try {
      await work((progress) => {
        pod.progress[task] = progress;
      });
    } catch (error) {
      this.violation ??= `failed: ${String(error)}`;
    }
  }

  // ---- what the world does ----

  choices(): readonly Choice[] {
    const told = this.#pods.flatMap(({ channel }) => channel?.choices() ?? []);
    const choices = [...this.schedule.choices(), ...told];
    return choices.length === 0 ? [] : [...choices, ...this.#accidents()];
  }

  *#accidents(): Iterable<Choice> {
    const left = this.#left;
    for (const { name, mayDie } of this.#pods) {
      if (left.crashes === 0 || !mayDie || !this.schedule.isWaiting(name)) continue;
      const happen = () => {
        left.crashes--;
        this.schedule.kill(name);
      };
      yield { name: `${name} dies`, happen };
    }
    const [tags, entries] = [this.#server.tags, this.#server.entries];
    for (const held of left.evictions > 0 ? [tags, entries] : []) {
      for (const key of held.keys()) {
        const happen = () => {
          left.evictions--;
          held.delete(key);
        };
        yield { name: `${key} is evicted`, happen };
      }
    }
    for (const { name, channel } of this.#pods) {
      if (left.gaps === 0 || channel?.isLive !== true) continue;
      const happen = () => {
        left.gaps--;
        channel.break();
      };
      yield { name: `the channel of ${name} breaks`, happen };
    }
    if (left.seconds > 0) yield { name: "a second passes", happen: () => this.#passSecond() };
  }

  #passSecond(): void {
    this.#left.seconds--;
    this.#nowMs += MAX_NEAR_AGE_MS;
    for (const { name, channel } of this.#pods) {
      this.schedule.tell(name, "second");
      channel?.showAll();
    }
  }

  async key(): Promise<string> {
    for (const pod of this.#pods) await this.#sumUp(pod);
    const channels = this.#pods.map(({ channel }) => channel?.key).join();
    const { changes, followed } = this.#database;
    const films = changes.map(({ after }) => tagsOfGenres(after)).join(";");
    return `${this.#server.key}|${films}|${followed}|${channels}|${Object.values(this.#left)}|${this.schedule.key}`;
  }

  async #sumUp({ name, progress, held, near }: Pod): Promise<void> {
    if (!this.schedule.isIdle(name)) return;
    const kept = [];
    for (const genre of near === undefined ? [] : this.#server.entries.keys()) {
      const lookup = await near?.get(genre, [tag.genre(genre), EVERY_ANSWER]);
      kept.push(lookup?.hit === true ? lookup.value : "-");
    }
    this.schedule.sumUp(name, `idle ${progress};${held.kept.length},${held.seen};${kept}`);
  }

  /** When the relay has done its work and a second has passed, every pod has to answer as the database does. */
  async violationAtRest(): Promise<string | undefined> {
    this.schedule.isFree = true;
    this.#passSecond();
    const [relay] = this.#pods;
    if (relay !== undefined && this.#faults.hasNoRelay !== true) {
      for (let tick = 0; tick < 2; tick++) await this.#tick(relay);
    }
    const all = new Set(this.#database.changes.map(({ number }) => number));
    for (const pod of this.#pods) {
      for (const genre of this.#server.entries.keys()) {
        const read = async () => answerOf(this.#database.version);
        const { version, layer } = await pod.answers.get(genre, [tag.genre(genre)], read);
        const missed = this.#database.missedBy(version, genre, all);
        if (missed !== undefined) {
          return `at rest ${pod.name} serves version ${version} of ${genre} from ${layer}, without change ${missed}`;
        }
      }
    }
    return undefined;
  }
}

function answerOf(version: number): Omit<TextAnswer, "layer"> {
  return { status: "live", text: "", version, digest: "", next: undefined, into: undefined };
}

function tagsOfGenres(film: Database["changes"][number]["after"]): string {
  return film.status === "live" ? (film.content.genres ?? []).join() : "";
}
