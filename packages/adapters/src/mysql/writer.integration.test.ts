import { type Decide, type MovieRepository, MovieStoreError, type Submission } from "@movie-store/core";
import { foldInMemory, plainDecide, update } from "@movie-store/core/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { MySqlMovieRepository } from "./movie-repository.ts";
import { type Fate, TcpProxy } from "./testing/tcp-proxy.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
const CALLERS = 16;

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`writers on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await TestDatabase.create(server as string);
    });
    beforeEach(() => database.empty());
    afterAll(() => database.drop());

    it(`${CALLERS} that each bring half of every film make the films that one writer makes`, async () => {
      const repositories = Array.from({ length: CALLERS }, () =>
        MySqlMovieRepository.open({ url: database.url }),
      );
      const batches = halves(CALLERS);
      await Promise.all(batches.map((batch, at) => repositories[at]?.append(batch, plainDecide)));
      const [repository] = repositories as [MySqlMovieRepository];
      const alone = await foldInMemory(batches.flat());
      expect(await shapeOf(repository)).toEqual(await shapeOf(alone));
      const changes = await repository.changes({ after: 0, limit: 1_000 });
      expect(changes.map(({ number }) => number)).toEqual(changes.map((_, at) => at + 1));
      expect(await database.rows("SELECT count(*) AS logged, max(sequence) AS last FROM update_log")).toEqual(
        [{ logged: batches.flat().length, last: batches.flat().length }],
      );
      for (const each of repositories) await each.close();
    });

    it("one that does not get its turn in time gives up as `unavailable`, and is served later", async () => {
      const repository = MySqlMovieRepository.open({ url: database.url, lockDeadlineMs: 1_000 });
      await database.run("START TRANSACTION");
      await database.rows("SELECT * FROM store FOR UPDATE");
      await expect(repository.append([HEAT], plainDecide)).rejects.toMatchObject({ code: "unavailable" });
      expect(await repository.version()).toBe(0); // readers never wait for it
      await database.run("ROLLBACK");
      expect(await repository.append([HEAT], plainDecide)).toMatchObject([{ verdict: "accepted" }]);
      await repository.close();
    });

    it("one that waits for its turn asks again and again, so that it holds up nobody for long", async () => {
      const repository = MySqlMovieRepository.open({ url: database.url });
      const waiting = `SELECT id FROM information_schema.processlist
        WHERE db = DATABASE() AND command = 'Query' AND info LIKE '%FROM store%FOR UPDATE'`;
      await database.run("START TRANSACTION");
      await database.rows("SELECT * FROM store FOR UPDATE");
      const appending = repository.append([HEAT], plainDecide);
      await database.until(waiting);
      const [{ id } = { id: 0 }] = await database.rows(waiting);
      await database.until(`${waiting} AND id <> ${id}`);
      await database.run("ROLLBACK");
      expect(await appending).toMatchObject([{ verdict: "accepted" }]);
      await repository.close();
    });

    it("marks how far a cache has followed without waiting for a writer", async () => {
      const repository = MySqlMovieRepository.open({ url: database.url, readDeadlineMs: 2_000 });
      await repository.append([HEAT], plainDecide);
      await database.run("START TRANSACTION");
      await database.rows("SELECT * FROM store FOR UPDATE");
      await repository.markFollowed(1);
      expect(await repository.followed()).toEqual({ followed: 1, version: 1 });
      await database.run("ROLLBACK");
      await repository.close();
    });

    describe("through a network that fails", () => {
      let proxy: TcpProxy;
      let repository: MySqlMovieRepository;
      let met = 0;
      beforeEach(async () => {
        proxy = await TcpProxy.start(server as string);
        repository = MySqlMovieRepository.open({ url: proxy.through(database.url), writeDeadlineMs: 1_000 });
        return async () => {
          await repository.close();
          await proxy.stop();
        };
      });

      /** Once, at the first statement that matches. */
      const once = (statement: RegExp, fate: Fate) => {
        met = 0;
        proxy.decide = (sent) => (statement.test(sent) && met++ === 0 ? fate : "pass");
      };

      it.each([
        [/START TRANSACTION/, "cut"],
        [/FOR UPDATE/, "lose-reply"],
        [/INSERT INTO update_body/, "lose-reply"],
        [/INSERT INTO posting/, "cut"],
        [/INSERT INTO title_posting/, "hold"],
        [/UPDATE store/, "lose-reply"],
        [COMMIT, "cut"],
        [COMMIT, "lose-reply"],
        [COMMIT, "hold"],
      ] as const)("takes an update in once, and says so, when %s meets with %s", async (statement, fate) => {
        once(statement, fate);
        const writing = repository.append([HEAT, RAN], plainDecide);
        if (fate === "hold" && statement !== COMMIT) {
          // The statement was given up, but whether the batch is in the log is certain: it is not.
          await expect(writing).rejects.toMatchObject({ code: "unavailable" });
          await repository.append([HEAT, RAN], plainDecide);
        } else {
          expect(await writing).toMatchObject([
            { verdict: "accepted", changes: [1] },
            { verdict: "accepted", changes: [2] },
          ]);
        }
        expect(met).toBeGreaterThan(0);
        expect(await repository.append([HEAT, RAN], plainDecide)).toMatchObject([
          { verdict: "duplicate", changes: [1] },
          { verdict: "duplicate", changes: [2] },
        ]);
        expect(await repository.version()).toBe(2);
        expect(await database.rows("SELECT sequence FROM update_log")).toHaveLength(2);
        // Ids of terms that were given in vain are given again, but never to two terms.
        await repository.append([update({ title: "Kes", year: 1969 }, { id: "kes" })], plainDecide);
        expect(await database.rows("SELECT id FROM term GROUP BY id HAVING count(*) > 1")).toEqual([]);
        expect(await database.rows("SELECT max(id) AS last FROM term")).toEqual(
          await database.rows("SELECT terms AS last FROM store"),
        );
      });

      it("says of a retry what became of it when the reply to its COMMIT is lost", async () => {
        const code = "unknown-format";
        const quarantined = { ...HEAT, outcome: { code, reason: "none of the known formats" } } as const;
        await repository.append([quarantined], plainDecide);
        once(COMMIT, "lose-reply");
        expect(await repository.retry([HEAT], plainDecide, { nowMs: 9_000 })).toMatchObject([
          { verdict: "accepted", changes: [1] },
        ]);
        expect(met).toBeGreaterThan(0);
      });

      it("gives up as `unavailable` when no attempt gets through", async () => {
        proxy.decide = (sent) => (sent.includes("INSERT INTO") ? "cut" : "pass");
        await expect(repository.append([HEAT], plainDecide)).rejects.toMatchObject({ code: "unavailable" });
        proxy.decide = () => "pass";
        expect(await repository.append([HEAT], plainDecide)).toMatchObject([{ verdict: "accepted" }]);
      });
    });

    it("does not repeat a batch that `decide` refuses", async () => {
      const repository = MySqlMovieRepository.open({ url: database.url });
      let calls = 0;
      const refusing: Decide = () => {
        calls++;
        throw new MovieStoreError("corrupt", "no decision");
      };
      await expect(repository.append([HEAT], refusing)).rejects.toMatchObject({ code: "corrupt" });
      expect(calls).toBe(1);
      await repository.close();
    });
  });
}

/** The whole statement, at the end of what is sent; the names of isolation levels have it in them. */
const COMMIT = /COMMIT$/;
const HEAT = update({ title: "Heat", year: 1995 }, { id: "heat" });
const RAN = update({ title: "Ran", year: 1985 }, { id: "ran" });

/** Each film in two updates of different batches: joined by title and year, or by an external id of another provider. */
function halves(batches: number): readonly (readonly Submission[])[] {
  const films = batches * 4;
  const first = Array.from({ length: films }, (_, at) =>
    update({ title: `Film ${at}`, year: 1990 }, { provider: "acme", id: `a${at}`, at }),
  );
  const second = Array.from({ length: films }, (_, at) => {
    const facts = at % 2 === 0 ? { title: `Film ${at}`, year: 1990 } : { title: `FILM ${at}`, year: 1990 };
    return update(facts, { provider: "zeta", id: `z${at}`, at: films + at });
  });
  return Array.from({ length: batches }, (_, batch) => [
    ...first.filter((_, at) => at % batches === batch),
    ...second.filter((_, at) => (at + 1) % batches === batch),
  ]);
}

/** What the films are, without the numbers and times that follow from the order of the writers. */
async function shapeOf(repository: MovieRepository): Promise<unknown> {
  return (await repository.allFilms({ after: "", limit: 1_000 })).map(({ state }) => state);
}
