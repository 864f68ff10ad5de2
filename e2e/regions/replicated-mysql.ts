/** Two MySQL servers, the second a replica of the first: the databases of two regions. */

import { startMySql } from "../../tools/services/database-servers.ts";
import type { Server } from "../../tools/services/server.ts";
import { follow, promote, REPLICATION_OPTIONS, replicated } from "../mysql-replication.ts";
import { runSql } from "../sql.ts";

export class ReplicatedMySql {
  readonly #primary: Server;
  readonly #replica: Server;

  private constructor(primary: Server, replica: Server) {
    this.#primary = primary;
    this.#replica = replica;
  }

  /** @throws Error where there is no mysqld of MySQL on PATH. */
  static async start(environment: NodeJS.ProcessEnv): Promise<ReplicatedMySql> {
    const started = await Promise.allSettled(
      ["--server-id=1", "--server-id=2"].map((id) => startMySql(environment, [...REPLICATION_OPTIONS, id])),
    );
    const [primary, replica] = started.map((each) => (each.status === "fulfilled" ? each.value : undefined));
    if (primary === undefined || replica === undefined) {
      await Promise.all([primary?.stop(), replica?.stop()]);
      throw started.find((each) => each.status === "rejected")?.reason;
    }
    await follow(replica.url, primary.url);
    return new ReplicatedMySql(primary, replica);
  }

  /** An address of a database by this name on both. */
  urlsOf(database: string): { readonly primary: string; readonly replica: string } {
    const [primary, replica] = [this.#primary, this.#replica].map(
      ({ url }) => new URL(database, `${url}/`).href,
    );
    return { primary: primary as string, replica: replica as string };
  }

  async createDatabase(name: string): Promise<void> {
    await runSql(this.#primary.url, `CREATE DATABASE ${name}`);
  }

  /** Resolves when the replica has everything that the primary has now. */
  async replicated(): Promise<void> {
    await replicated(this.#replica.url, this.#primary.url);
  }

  /** What the primary writes from now on is lost with it. */
  async cutOff(): Promise<void> {
    await runSql(this.#replica.url, "STOP REPLICA");
  }

  /** kill -9. */
  async losePrimary(): Promise<void> {
    await this.#primary.stop();
  }

  async promote(): Promise<void> {
    await promote(this.#replica.url);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#primary.stop(), this.#replica.stop()]);
  }
}
