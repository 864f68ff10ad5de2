import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Connection } from "./connection.ts";
import { TermIds } from "./term-ids.ts";
import { TestDatabase } from "./testing/test-database.ts";

const SERVERS = [
  { name: "MySQL", server: inject("mysqlUrl") },
  { name: "MariaDB", server: inject("mariadbUrl") },
];
const STORED = 40_000;
const ASKED = 5_000;

for (const { name, server } of SERVERS) {
  describe.skipIf(server === undefined)(`ids of terms on ${name}`, { timeout: 60_000 }, () => {
    let database: TestDatabase;
    beforeAll(async () => {
      database = await TestDatabase.create(server as string);
      const rows = Array.from({ length: STORED }, (_, id) => `('w:${id}',${id},1)`);
      await database.run(`INSERT INTO term (term, id, films) VALUES ${rows.join(",")}`);
      await database.rows("ANALYZE TABLE term");
    });
    afterAll(() => database.drop());

    it("are looked up for a large batch without reading the other terms", async () => {
      const statements: string[] = [];
      const connection = {
        rows: async (sql: string) => {
          statements.push(sql);
          return (await database.rows(sql)).map((row) => ({ ...row, term: Buffer.from(row["term"]) }));
        },
      } as unknown as Connection;
      const wanted = Array.from({ length: ASKED }, (_, at) => `w:${at * 7}`);
      const { ids, last } = await new TermIds().of(connection, wanted, STORED);
      expect(last).toBe(STORED);
      expect(wanted.map((term) => ids.get(term))).toEqual(wanted.map((_, at) => at * 7));
      for (const sql of statements) {
        const [step] = await database.rows(`EXPLAIN FORMAT=TRADITIONAL ${sql}`);
        expect(step?.["type"]).toBe("range");
      }
    });
  });
}
