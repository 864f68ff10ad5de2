/** A database of its own for a test file, on a server where others test as well. */

import { randomBytes } from "node:crypto";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { migrateMySql } from "../migrate.ts";

const KEPT = new Set(["schema_migration", "store", "follow_cursor"]);

export class TestDatabase {
  readonly url: string;
  readonly name: string;
  readonly #connection: Connection;

  private constructor(url: string, name: string, connection: Connection) {
    this.url = url;
    this.name = name;
    this.#connection = connection;
  }

  /** @param server `mysql://user:password@host:port` of a user who may create databases. */
  static async create(server: string, options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> {
    const name = `movie_store_test_${randomBytes(6).toString("hex")}`;
    const connection = await createConnection({ uri: server, supportBigNumbers: true });
    await connection.query(`CREATE DATABASE ${name}`);
    await connection.changeUser({ database: name });
    const url = new URL(server);
    url.pathname = `/${name}`;
    const database = new TestDatabase(url.href, name, connection);
    if (options.migrated !== false) await migrateMySql(database);
    return database;
  }

  async rows(sql: string): Promise<readonly RowDataPacket[]> {
    return (await this.#connection.query<RowDataPacket[]>(sql))[0];
  }

  async run(sql: string): Promise<void> {
    await this.#connection.query(sql);
  }

  async tables(): Promise<readonly string[]> {
    const rows = await this.rows(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1",
    );
    return rows.map((row) => row["name"] as string);
  }

  /** Much faster than another database. */
  async empty(): Promise<void> {
    for (const table of await this.tables()) if (!KEPT.has(table)) await this.run(`DELETE FROM ${table}`);
    await this.run(
      "UPDATE store SET number = 0, at_ms = 0, sequence = 0, last_term = 0, common_terms = 0, is_rebuilding = 0",
    );
    await this.run("UPDATE follow_cursor SET followed = 0");
  }

  async drop(): Promise<void> {
    await this.run(`DROP DATABASE ${this.name}`);
    await this.#connection.end();
  }

  /** Waits until a query of the server gives a row. */
  async until(sql: string, deadlineMs = 10_000): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    while ((await this.rows(sql)).length === 0) {
      if (Date.now() > deadline) throw new Error(`not so within ${deadlineMs} ms: ${sql}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}
