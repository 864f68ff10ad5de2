import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  type Decide,
  decide,
  MemoryMovieRepository,
  readSubmission,
  verifyRepository,
} from "@movie-store/core";
import { foldInMemory, plainDecide, update } from "@movie-store/core/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { TcpProxy } from "./testing/tcp-proxy.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
const PROCESS = join(import.meta.dirname, "testing", "rebuild-process.ts");
const page = { after: 0, limit: 1_000 };
const every = { after: "", limit: 1_000 };

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`a rebuild on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    let proxy: TcpProxy;
    let repository: MySqlMovieRepository;
    let child: ChildProcess | undefined;
    beforeAll(async () => {
      database = await TestDatabase.create(server as string);
      proxy = await TcpProxy.start(server as string);
    });
    beforeEach(async () => {
      for (const table of await database.tables())
        if (/^(new|old|draft)_/.test(table)) await database.run(`DROP TABLE ${table}`);
      await database.empty();
      repository = MySqlMovieRepository.open({ url: database.url });
      await repository.append(UPDATES, plainDecide);
      return async () => {
        child?.kill("SIGKILL");
        await repository.close();
      };
    });
    afterAll(async () => {
      await proxy.stop();
      await database.drop();
    });

    /** Starts another process, and resolves when it has come to a statement, which the server never gets. */
    async function rebuildStuckAt(text: string): Promise<void> {
      const stuck = new Promise<void>((resolve) => {
        proxy.decide = (sent) => {
          if (!sent.includes(text)) return "pass";
          resolve();
          return "hold";
        };
      });
      const args = ["--conditions=@movie-store/source", PROCESS, proxy.through(database.url), "zeta"];
      child = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
      await stuck;
    }

    async function kill(): Promise<void> {
      const ended = once(child as ChildProcess, "exit");
      child?.kill("SIGKILL");
      await ended;
    }

    const contents = async () => ({
      films: await repository.allFilms(every),
      changes: await repository.changes(page),
      version: await repository.version(),
    });

    it.each([
      ["while it folds the log", "INSERT INTO draft_film "],
      ["with changes written ahead of the number", "INSERT INTO new_posting "],
      ["when everything but the last step is done", "RENAME TABLE"],
    ])("that is killed %s leaves the old state, and the next writer goes on", async (_, text) => {
      const before = await contents();
      await rebuildStuckAt(text);
      expect(await contents()).toEqual(before);
      await kill();
      expect(await contents()).toEqual(before);

      const later = update({ title: "Later" }, { id: "later", at: 500 });
      const [receipt] = await repository.append([later], plainDecide);
      expect(receipt).toMatchObject({ verdict: "accepted", changes: [before.version + 1] });
      expect(await repository.changes({ after: before.version, limit: 10 })).toMatchObject([
        { number: before.version + 1, updateId: later.updateId },
      ]);

      await repository.rebuild(readAgain, zetaFirst, { nowMs: 3_000_000_000_000 });
      const reference = await foldInMemory([...UPDATES, later], zetaFirst);
      const states = (films: Awaited<ReturnType<typeof repository.allFilms>>) =>
        films.map(({ state }) => state);
      expect(states(await repository.allFilms(every))).toEqual(states(await reference.allFilms(every)));
      const { differences } = await verifyRepository(
        repository,
        new MemoryMovieRepository(),
        readAgain,
        zetaFirst,
      );
      expect(differences).toEqual([]);
      expect((await database.tables()).filter((table) => /^(new|old|draft)_/.test(table))).toEqual([]);
    });

    it("that was killed is followed by another without a writer in between", async () => {
      await rebuildStuckAt("RENAME TABLE");
      await kill();
      await database.until(
        "SELECT 1 FROM (SELECT IS_FREE_LOCK(CONCAT('movie-store rebuild ', LEFT(SHA2(DATABASE(), 256), 40))) AS f) t WHERE f = 1",
      );
      const version = await repository.version();
      const report = await repository.rebuild(readAgain, zetaFirst, { nowMs: 3_000_000_000_000 });
      expect(report).toEqual({ updates: UPDATES.length, changed: UPDATES.length / 2 });
      expect(await repository.version()).toBe(version + report.changed);
    });

    it("keeps writers and other rebuilds out as long as it lives, and readers in", async () => {
      await rebuildStuckAt("RENAME TABLE");
      const impatient = MySqlMovieRepository.open({ url: database.url, lockDeadlineMs: 500 });
      const later = update({ title: "Later" }, { id: "later", at: 500 });
      await expect(impatient.append([later], plainDecide)).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("rebuild"),
      });
      await expect(impatient.rebuild(readAgain, zetaFirst, { nowMs: 0 })).rejects.toMatchObject({
        code: "unavailable",
      });
      expect(await impatient.allFilms(every)).toHaveLength(UPDATES.length);
      expect(await impatient.append([later], plainDecide, { dryRun: true })).toMatchObject([
        { verdict: "accepted" },
      ]);
      await impatient.close();
    });

    it("lets a writer that waits go on when it has ended", async () => {
      const rebuilding = repository.rebuild(readAgain, zetaFirst, { nowMs: 3_000_000_000_000 });
      await database.until("SELECT 1 FROM store WHERE is_rebuilding = 1");
      const later = update({ title: "Later" }, { id: "later", at: 500 });
      const [receipt] = await repository.append([later], zetaFirst);
      const { changed } = await rebuilding;
      expect(receipt?.changes).toEqual([UPDATES.length + changed + 1]);
      const changes = await repository.changes(page);
      expect(changes.map(({ number }) => number)).toEqual(changes.map((_, at) => at + 1));
    });
  });
}

/** Twenty films, of each of which acme and zeta give a different title; acme's is newer. */
const UPDATES = Array.from({ length: 20 }, (_, at) => {
  const externalIds = { imdb: `tt00000${10 + at}` };
  return [
    update({ title: `Zeta ${at}`, externalIds }, { provider: "zeta", id: `z${at}`, at }),
    update({ title: `Acme ${at}`, externalIds }, { provider: "acme", id: `a${at}`, at: 100 + at }),
  ];
}).flat();

const zetaFirst: Decide = (stored, batch) => decide(stored, batch, { priority: ["zeta"] });

function readAgain(logged: Parameters<Parameters<MySqlMovieRepository["rebuild"]>[0]>[0]) {
  return readSubmission(logged.object, logged.receivedAtMs);
}
