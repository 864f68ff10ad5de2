import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { Connection } from "./connection.ts";
import { settingsOf } from "./options.ts";
import { ConnectionPool, type PoolOptions } from "./pool.ts";
import { SESSION } from "./session.ts";
import { TcpProxy } from "./testing/tcp-proxy.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`ConnectionPool on ${name}`, { timeout: 30_000 }, () => {
    async function setUp(options: Partial<PoolOptions> = {}) {
      const database = await TestDatabase.create(server as string);
      const proxy = await TcpProxy.start(server as string);
      const pool = new ConnectionPool({
        url: proxy.through(database.url),
        connections: 1,
        queue: 1,
        acquireDeadlineMs: 5_000,
        statementDeadlineMs: 5_000,
        setup: [SESSION.reading(settingsOf({ url: database.url }))],
        ...options,
      });
      onTestFinished(async () => {
        await pool.close();
        await proxy.stop();
        await database.drop();
      });
      return { database, proxy, pool };
    }

    const idOf = async (connection: Connection) =>
      (await connection.row("SELECT CONNECTION_ID() AS id"))?.["id"] as number;

    it("gives a read up after its deadline, and frees the connection for the next", async () => {
      const { pool, proxy } = await setUp({ statementDeadlineMs: 300 });
      const first = await pool.read(idOf);
      proxy.decide = () => "hold";
      await expect(pool.read(idOf)).rejects.toMatchObject({ code: "unavailable" });
      proxy.decide = () => "pass";
      expect(await pool.read(idOf)).not.toBe(first);
    });

    it("has the server end a read whose time is over", async () => {
      const { pool, database } = await setUp({
        setup: [SESSION.reading(settingsOf({ url: "", readDeadlineMs: 300 }))],
      });
      // MySQL answers that the sleep was broken off, MariaDB that the statement was.
      const slept = await pool
        .read((connection) => connection.row("SELECT SLEEP(20) AS cut"))
        .catch((error) => error);
      expect([1, "unavailable"]).toContain(slept["cut"] ?? slept["code"]);
      await database.until(
        "SELECT 1 FROM (SELECT count(*) AS n FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%') p WHERE n = 0",
      );
    });

    it("repeats a read on another connection when its own is killed", async () => {
      const { pool, database } = await setUp();
      const first = await pool.read(idOf);
      await database.run(`KILL CONNECTION ${first}`);
      expect(await pool.read(idOf)).not.toBe(first);
      let attempts = 0;
      const second = await pool.read(async (connection) => {
        const id = await idOf(connection);
        attempts++;
        if (attempts === 1) await database.run(`KILL CONNECTION ${id}`);
        return idOf(connection);
      });
      expect(attempts).toBe(2);
      expect(second).not.toBe(first);
    });

    it("reads once only where another attempt would not help", async () => {
      const { pool } = await setUp();
      let attempts = 0;
      const reading = pool.read(async (connection) => {
        attempts++;
        return connection.rows("SELECT nothing FROM nowhere");
      });
      await expect(reading).rejects.toMatchObject({ code: "unavailable" });
      expect(attempts).toBe(1);
    });

    it("sees one moment in a snapshot, whatever is committed meanwhile", async () => {
      const { pool, database } = await setUp();
      const number = async (connection: Connection) =>
        (await connection.row("SELECT number FROM store"))?.["number"] as number;
      const seen = await pool.snapshot(async (connection) => {
        const before = await number(connection);
        await database.run("UPDATE store SET number = number + 1");
        return [before, await number(connection)];
      });
      expect(seen).toEqual([0, 0]);
      expect(await pool.read(number)).toBe(1);
    });

    it("never gives back a connection with an open transaction", async () => {
      const { pool, database } = await setUp();
      const failing = pool.use(async (connection) => {
        await connection.run("START TRANSACTION");
        await connection.run("UPDATE store SET number = 7");
        throw new Error("in the middle");
      });
      await expect(failing).rejects.toThrow("in the middle");
      expect(await pool.read((connection) => connection.row("SELECT number FROM store"))).toEqual({
        number: 0,
      });
      await database.until("SELECT 1 FROM store WHERE number = 0");
      await database.run("UPDATE store SET number = 8"); // nothing holds the row
    });

    it("refuses work beyond its queue, and work that waits too long", async () => {
      const { pool } = await setUp({ acquireDeadlineMs: 300 });
      let release = () => {};
      const holding = pool.use(() => new Promise<void>((done) => (release = done)));
      const waiting = pool.read(idOf);
      waiting.catch(() => {});
      await expect(pool.read(idOf)).rejects.toMatchObject({ code: "unavailable" });
      await expect(waiting).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("no free connection within 300 ms"),
      });
      release();
      await holding;
      expect(await pool.read(idOf)).toBeGreaterThan(0);
    });

    it("says how much of it is in use", async () => {
      const { pool, proxy } = await setUp({ connections: 2 });
      expect(pool.usage).toEqual({ limit: 2, open: 0, busy: 0, waiting: 0 });
      const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const goOn = Promise.withResolvers<void>();
      const holding = begun.map(({ resolve }) =>
        pool.use(async () => {
          resolve();
          await goOn.promise;
        }),
      );
      await Promise.all(begun.map(({ promise }) => promise));
      const waiting = pool.read(idOf);
      expect(pool.usage).toEqual({ limit: 2, open: 2, busy: 2, waiting: 1 });
      goOn.resolve();
      await Promise.all([...holding, waiting]);
      expect(pool.usage).toEqual({ limit: 2, open: 2, busy: 0, waiting: 0 });
      await expect(pool.use(() => Promise.reject(new Error("in the middle")))).rejects.toThrow();
      expect(pool.usage).toEqual({ limit: 2, open: 1, busy: 0, waiting: 0 });
      await proxy.stop();
      await expect(pool.read(idOf)).rejects.toMatchObject({ code: "unavailable" });
      expect(pool.usage).toEqual({ limit: 2, open: 0, busy: 0, waiting: 0 });
    });

    it("lets go of a connection that was idle before the server does", async () => {
      const { pool } = await setUp({ idleMs: 0 });
      expect(await pool.read(idOf)).not.toBe(await pool.read(idOf));
      const kept = await setUp();
      expect(await kept.pool.read(idOf)).toBe(await kept.pool.read(idOf));
    });

    it("has the server end a session that was idle for a minute, so that no dead machine keeps a lock", async () => {
      const { pool } = await setUp({ setup: [SESSION.writing(settingsOf({ url: "" }))] });
      const row = await pool.read((connection) => connection.row("SELECT @@wait_timeout AS idle"));
      expect(row).toEqual({ idle: 60 });
    });

    it.each([
      { lockDeadlineMs: 12_000, wait: 2 },
      { lockDeadlineMs: 1_000, wait: 1 },
    ])(
      "has a writer wait for a lock $wait s at a time, with a deadline of $lockDeadlineMs ms",
      async ({ lockDeadlineMs, wait }) => {
        const { pool } = await setUp({ setup: [SESSION.writing(settingsOf({ url: "", lockDeadlineMs }))] });
        const row = await pool.read((connection) =>
          connection.row("SELECT @@innodb_lock_wait_timeout AS wait"),
        );
        expect(row).toEqual({ wait });
      },
    );

    it("finishes the work that has begun when it is closed, and takes no more", async () => {
      const { pool } = await setUp();
      const begun = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      const working = pool.use(async (connection) => {
        begun.resolve();
        await goOn.promise;
        return idOf(connection);
      });
      await begun.promise;
      const closing = pool.close();
      goOn.resolve();
      expect(await working).toBeGreaterThan(0);
      await closing;
      await expect(pool.read(idOf)).rejects.toMatchObject({ code: "closed" });
    });
  });
}
