/**
 * A MySQL of a test's own, which it can kill, start again, hold up and leave without space. What is committed is on the
 * disk, and every commit is in the log that replicas read.
 */

import { execFile, spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { startMySql } from "../../tools/services/database-servers.ts";
import type { Server } from "../../tools/services/server.ts";
import { untilAnswers } from "../../tools/services/until-answers.ts";
import { REPLICATION_OPTIONS } from "../mysql-replication.ts";
import { runSql } from "../sql.ts";

const DURABLE = ["--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=1"];
/** Serves until it is killed, then waits to be told to serve again, and with which options besides. */
const AGAIN_AND_AGAIN = 'mkfifo again; more=; while :; do "$@" $more; read -r more < again; done';
const DATABASE = "films";
/** May not write while the server is read-only, as the user `test`, who may do anything, could. */
const ORDINARY = { user: "ordinary", password: "ordinary" };

/** Mounts that nobody else sees, and that end with the process: `root` may have them, outside of most containers. */
const OWN_MOUNTS = ["unshare", "--mount"] as const;
const DISK_BYTES = 256 * 2 ** 20;
const FILLER = "filler";
const CHUNK = Buffer.alloc(2 ** 20);

/** Whether a server can be given a disk of its own, which can be full. */
export const CAN_MOUNT =
  spawnSync(OWN_MOUNTS[0], [OWN_MOUNTS[1], "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

const run = promisify(execFile);

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

  /**
   * @param id its `server-id`.
   * @throws Error where there is no mysqld of MySQL on PATH.
   */
  static async start(environment: NodeJS.ProcessEnv, id: number): Promise<MySqlProcess> {
    const options = [...DURABLE, ...REPLICATION_OPTIONS, `--server-id=${id}`];
    const keeping = ["sh", "-c", AGAIN_AND_AGAIN, "sh"] as const;
    const server = await startMySql(environment, options, (serve) =>
      CAN_MOUNT ? [...OWN_MOUNTS, ...keeping, ...serve] : [...keeping, ...serve],
    );
    const { user, password } = ORDINARY;
    const [row] = await runSql(
      server.url,
      // Each server has both itself: a replica would stumble over them.
      "SET SESSION sql_log_bin = 0",
      `CREATE DATABASE ${DATABASE}`,
      `CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`,
      `GRANT ALL ON ${DATABASE}.* TO '${user}'@'%'`,
      "SELECT @@pid_file AS file",
    );
    const process = new MySqlProcess(server, dirname(String(row?.["file"])));
    if (CAN_MOUNT) await process.#mountDisk();
    return process;
  }

  /** Of a user who may do anything. */
  get operatorUrl(): string {
    return this.#server.url;
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

  /** @param options of mysqld besides its own. */
  async restart(...options: readonly string[]): Promise<void> {
    await writeFile(join(this.#folder, "again"), `${options.join(" ")}\n`);
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

  /** Takes the space that its tables may grow into. Its logs have a disk of their own, as they would wait a minute. */
  async fillDisk(): Promise<void> {
    const chunks = Readable.from(Array.from({ length: DISK_BYTES / CHUNK.length }, () => CHUNK));
    await pipeline(chunks, createWriteStream(await this.#fillerPath())).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    });
  }

  async freeDisk(): Promise<void> {
    await rm(await this.#fillerPath());
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  async #mountDisk(): Promise<void> {
    const pid = await this.#pid();
    const disk = ["mount", "-t", "tmpfs", "-o", `size=${DISK_BYTES},mode=0777`, "none", this.#databaseFolder];
    await run("nsenter", [`--mount=/proc/${pid}/ns/mnt`, ...disk]);
  }

  get #databaseFolder(): string {
    return join(this.#folder, "data", DATABASE);
  }

  /** As those see it who are not in its namespace. */
  async #fillerPath(): Promise<string> {
    return `/proc/${await this.#pid()}/root${join(this.#databaseFolder, FILLER)}`;
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
