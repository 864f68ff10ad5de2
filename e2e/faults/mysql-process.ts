/** A MySQL of a test's own, which it can kill, start again and hold up. What is committed is on the disk. */

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startMySql } from "../../tools/services/database-servers.ts";
import type { Server } from "../../tools/services/server.ts";
import { untilAnswers } from "../../tools/services/until-answers.ts";
import { runSql } from "../sql.ts";

const DURABLE = ["--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=1"];
/** Serves until it is killed, then waits to be told to serve again. */
const AGAIN_AND_AGAIN = 'mkfifo again; while :; do "$@"; read -r _ < again; done';
const DATABASE = "films";
/** May not write while the server is read-only, as the user `test`, who may do anything, could. */
const ORDINARY = { user: "ordinary", password: "ordinary" };

export class MySqlProcess {
  readonly #server: Server;
  readonly #folder: string;
  /** Of the database, for an ordinary user. */
  readonly url: string;

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
    const url = new URL(DATABASE, `${server.url}/`);
    url.username = ORDINARY.user;
    url.password = ORDINARY.password;
    this.url = url.href;
  }

  /** @throws Error where there is no mysqld of MySQL on PATH. */
  static async start(environment: NodeJS.ProcessEnv): Promise<MySqlProcess> {
    const server = await startMySql(environment, DURABLE, (serve) => [
      "sh",
      "-c",
      AGAIN_AND_AGAIN,
      "sh",
      ...serve,
    ]);
    const { user, password } = ORDINARY;
    const [row] = await runSql(
      server.url,
      `CREATE DATABASE ${DATABASE}`,
      `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
      `GRANT ALL ON ${DATABASE}.* TO '${user}'@'%'`,
      "SELECT @@pid_file AS file",
    );
    return new MySqlProcess(server, dirname(String(row?.["file"])));
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const pid = await this.#pid();
    process.kill(pid, "SIGKILL");
    // Until nobody has this id any more, so until the port is free.
    await untilAnswers(
      async () => isGone(pid),
      () => {},
    );
  }

  async restart(): Promise<void> {
    await writeFile(join(this.#folder, "again"), "\n");
    await untilAnswers(
      () => runSql(this.#server.url, "SELECT 1"),
      () => {},
    );
  }

  /** It takes connections and bytes, and does nothing with them. */
  async hang(): Promise<void> {
    process.kill(await this.#pid(), "SIGSTOP");
  }

  async goOn(): Promise<void> {
    process.kill(await this.#pid(), "SIGCONT");
  }

  async readOnly(isReadOnly: boolean): Promise<void> {
    await runSql(this.#server.url, `SET GLOBAL read_only = ${isReadOnly ? "ON" : "OFF"}`);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async #pid(): Promise<number> {
    return Number(await readFile(join(this.#folder, "pid"), "utf8"));
  }
}

/** @throws Error while there is such a process. */
function isGone(pid: number): void {
  try {
    process.kill(pid, 0);
  } catch {
    return;
  }
  throw new Error(`process ${pid} is still there`);
}
