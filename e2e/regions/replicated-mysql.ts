/** Two MySQL servers, the second a replica of the first: the databases of two regions. */

import { startMySql } from "../../tools/services/database-servers.ts";
import type { Server } from "../../tools/services/server.ts";
import { runSql } from "../sql.ts";

const GTID = ["--log-bin=binlog", "--gtid-mode=ON", "--enforce-gtid-consistency=ON"];

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
      ["--server-id=1", "--server-id=2"].map((id) => startMySql(environment, [...GTID, id])),
    );
    const [primary, replica] = started.map((each) => (each.status === "fulfilled" ? each.value : undefined));
    if (primary === undefined || replica === undefined) {
      await Promise.all([primary?.stop(), replica?.stop()]);
      throw started.find((each) => each.status === "rejected")?.reason;
    }
    const { hostname, port, username, password } = new URL(primary.url);
    await runSql(
      replica.url,
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${hostname}', SOURCE_PORT = ${port}, SOURCE_USER = '${username}',
         SOURCE_PASSWORD = '${password}', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
      "START REPLICA",
      "SET GLOBAL super_read_only = ON",
    );
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
    const [row] = await runSql(this.#primary.url, "SELECT @@GLOBAL.gtid_executed AS executed");
    const wait = `SELECT WAIT_FOR_EXECUTED_GTID_SET('${row?.["executed"]}', 60) AS isLate`;
    const [waited] = await runSql(this.#replica.url, wait);
    if (waited?.["isLate"] !== 0) throw new Error("the replica does not follow");
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
    await runSql(
      this.#replica.url,
      "STOP REPLICA",
      "RESET REPLICA ALL",
      "SET GLOBAL super_read_only = OFF",
      "SET GLOBAL read_only = OFF",
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.#primary.stop(), this.#replica.stop()]);
  }
}
