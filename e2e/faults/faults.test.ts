/**
 * What breaks, breaks under load: readers on two processes of the API and two writers, judged answer by answer.
 *
 * `MOVIE_STORE_FAULTS_SEED` repeats the choices of a run: the order of the faults, how long each lasts, what is asked.
 */

import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
import { Random } from "@movie-store/core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REDIS_PROGRAM } from "../../packages/adapters/src/redis/testing/redis-process.ts";
import { findMySqlPrograms } from "../../tools/services/mysql-programs.ts";
import type { Fault } from "./fault.ts";
import { FILMS, Ledger } from "./ledger.ts";
import { MYSQL_FAULTS } from "./mysql-faults.ts";
import { OTHER_FAULTS } from "./other-faults.ts";
import { readOn } from "./reader.ts";
import { REDIS_FAULTS } from "./redis-faults.ts";
import { type Row, tableOf } from "./table.ts";
import { Tally } from "./tally.ts";
import { World } from "./world.ts";
import { type Ingest, write, writeOn } from "./writer.ts";

const { mysqld } = await findMySqlPrograms(process.env);
const isComplete = mysqld !== undefined && REDIS_PROGRAM !== undefined;

const READERS_OF_AN_API = 3;
const FAULTS = [...MYSQL_FAULTS, ...REDIS_FAULTS, ...OTHER_FAULTS];
/** What users are told; not taken from the code that has to keep it. */
const STALE_MS = 1_000;
const WELL = { acknowledged: 20, served: 200 };
const WELL_WITHIN_MS = 30_000;

const seed = Number(process.env["MOVIE_STORE_FAULTS_SEED"] ?? Date.now() % 1_000_000);
const choices = new Random(seed);

describe.skipIf(!isComplete)(`faults, with seed ${seed} (needs mysqld of MySQL and redis-server)`, () => {
  let world: World;
  const ledger = new Ledger();
  const rows: Row[] = [];
  /** How often each update is in the log. */
  const logged = new Map<string, number>();
  let lastSequence = 0;

  beforeAll(async () => {
    world = await World.start(process.env, new Random(choices.integer(2 ** 31)));
    const [store] = world.writers;
    for (let film = 0; film < FILMS; film++) {
      await write(film, { store, ledger, tally: new Tally(), isOver: () => false });
    }
  }, 120_000);
  afterAll(async () => {
    process.stdout.write(`\nFaults, with seed ${seed}:\n\n${tableOf(rows)}\n\n`);
    expect(await world.stop()).toEqual([]);
  }, 60_000);

  it.for(choices.shuffled(FAULTS))("$name", { timeout: 120_000 }, async (fault, { skip }) => {
    if (fault.impossible !== undefined) {
      process.stderr.write(`\nNot tried: ${fault.name}: ${fault.impossible}\n`);
      skip(fault.impossible);
    }
    await fault.prepare?.(world);
    const { tally, lastedMs } = await underLoad(fault);
    const lost = await lostUpdates();
    rows.push({ fault: fault.name, tally, lost: lost.length });
    expect([...tally.violations]).toEqual([]);
    expect(lost).toEqual([]);
    expect(await differences()).toEqual([]);
    if (!fault.mayRefuse) expect(Object.fromEntries(tally.refusals)).toEqual({});
    // What was committed in the moment before is told to the caches when it can be read again.
    const bound = STALE_MS + (fault.takesMysqlAway === true ? lastedMs : 0);
    expect(tally.stalestMs).toBeLessThan(bound);
    for (const { hasEnded } of world.apis) expect(hasEnded).toBe(false);
  });

  async function underLoad(fault: Fault): Promise<{ readonly tally: Tally; readonly lastedMs: number }> {
    const tally = new Tally();
    let isOver = false;
    const common = { ledger, tally, isOver: () => isOver };
    const load = [
      ...world.apis.flatMap(({ url }) =>
        Array.from({ length: READERS_OF_AN_API }, () => {
          return readOn({ ...common, url, random: new Random(choices.integer(2 ** 31)) });
        }),
      ),
      ...world.writers.map((store: Ingest, writer) => {
        const films = Array.from({ length: FILMS }, (_, film) => film).filter((film) => film % 2 === writer);
        const padding = () => world.paddingBytes;
        return writeOn({ ...common, store, films, padding, random: new Random(choices.integer(2 ** 31)) });
      }),
    ];
    try {
      await isWell(tally);
      const beganMs = performance.now();
      await fault.happen(world, choices, tally);
      const lastedMs = performance.now() - beganMs;
      await isWell(tally);
      tally.gap();
      return { tally, lastedMs };
    } finally {
      isOver = true;
      await Promise.all(load);
    }
  }

  /** Resolves when, from now on, so many updates were acknowledged and so many questions answered. */
  async function isWell(tally: Tally): Promise<void> {
    const before = { acknowledged: tally.acknowledged, served: tally.served };
    const isIt = () =>
      tally.acknowledged >= before.acknowledged + WELL.acknowledged &&
      tally.served >= before.served + WELL.served;
    await expect.poll(isIt, { timeout: WELL_WITHIN_MS }).toBe(true);
  }

  async function lostUpdates(): Promise<readonly string[]> {
    for (;;) {
      const page = await world.repository.log({ after: lastSequence, limit: 1_000 });
      for (const { updateId } of page) logged.set(updateId, (logged.get(updateId) ?? 0) + 1);
      if (page.length === 0) break;
      lastSequence = page.at(-1)?.sequence ?? lastSequence;
    }
    return [...ledger.acknowledged].filter((updateId) => logged.get(updateId) !== 1);
  }

  /** Between the films and what the log makes of them. */
  async function differences() {
    const store = new MovieStore({ repository: world.repository });
    return (await store.verify(new MemoryMovieRepository())).differences;
  }
});
