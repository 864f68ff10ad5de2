/** MySQL and MariaDB. */

import { writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { containerOf } from "./containers.ts";
import { programsNamed, requireProgram, versionOf } from "./programs.ts";
import type { Server, Service } from "./server.ts";
import { type Command, startThrowAway } from "./throw-away-server.ts";

const USER = "test";
const PASSWORD = "test";
const PORT = 3306;

// The data live for one run: nothing is worth a sync.
const FAST = [
  "--innodb-flush-log-at-trx-commit=0",
  "--innodb-doublewrite=0",
  "--innodb-buffer-pool-size=256M",
  "--skip-log-bin",
  "--skip-name-resolve",
];
const MYSQL_IMAGE = "mysql:8.4";
const MARIADB_IMAGE = "mariadb:10.11";

export function mysql(environment: NodeJS.ProcessEnv, startContainer = containerOf): Service {
  return {
    name: "MySQL",
    variable: "TEST_MYSQL_URL",
    ping,
    ways: [() => startContainer(databaseImage(MYSQL_IMAGE, "MYSQL")), () => startMySql(environment)],
    programs: "mysqld of MySQL",
  };
}

export function mariadb(environment: NodeJS.ProcessEnv, startContainer = containerOf): Service {
  return {
    name: "MariaDB",
    variable: "TEST_MARIADB_URL",
    ping,
    ways: [
      () => startContainer(databaseImage(MARIADB_IMAGE, "MARIADB")),
      async () => startMariaDb(await requireMariaDb(environment), environment),
    ],
    programs: "mariadbd and mariadb-install-db",
  };
}

function databaseImage(image: string, prefix: string) {
  return {
    image,
    port: PORT,
    // With a host of its own, root is allowed in from outside the container.
    environment: { [`${prefix}_ROOT_PASSWORD`]: PASSWORD, [`${prefix}_ROOT_HOST`]: "%" },
    command: FAST,
    tmpfs: "/var/lib/mysql",
    url: (host: string, port: number) => `mysql://root:${PASSWORD}@${host}:${port}`,
    ping,
  };
}

async function requireDatabase(
  name: string,
  isWanted: (version: string) => boolean,
  otherwise: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const programs = programsNamed(name, environment);
  for (const program of programs) {
    if (isWanted(await versionOf(program))) return program;
  }
  throw new Error(programs.length === 0 ? `no ${name} on PATH` : `${name} on PATH ${otherwise}`);
}

const isMariaDb = (version: string): boolean => version.includes("MariaDB");
const isMySql = (version: string): boolean => version !== "" && !isMariaDb(version);

/** Older packages name the server of MariaDB `mysqld`. */
async function requireMariaDb(environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    return requireProgram(["mariadbd"], environment);
  } catch {
    return await requireDatabase("mysqld", isMariaDb, "is MySQL, and mariadbd is not there", environment);
  }
}

/**
 * A MySQL of its own, from PATH.
 *
 * @param more options of mysqld, such as those of replication.
 * @param keep makes of the command that serves one that does so in another way, such as again and again.
 */
export async function startMySql(
  environment: NodeJS.ProcessEnv,
  more: readonly string[] = [],
  keep?: (serve: Command) => Command,
): Promise<Server> {
  const program = await requireDatabase("mysqld", isMySql, "is MariaDB, not MySQL", environment);
  return startDatabase(
    program,
    ({ data, asUser }) => ({
      prepare: [program, "--no-defaults", ...asUser, "--initialize-insecure", `--datadir=${data}`],
      options: ["--innodb-redo-log-capacity=100M", "--performance-schema=OFF", "--mysqlx=OFF", ...more],
    }),
    keep,
  );
}

function startMariaDb(program: string, environment: NodeJS.ProcessEnv): Promise<Server> {
  const install = requireProgram(["mariadb-install-db", "mysql_install_db"], environment);
  return startDatabase(program, ({ data, asUser }) => ({
    prepare: [
      install,
      "--no-defaults",
      ...asUser,
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ],
    options: ["--innodb-log-file-size=100M"],
  }));
}

interface Place {
  readonly data: string;
  /** The servers refuse to run as root unless they are told to. */
  readonly asUser: readonly string[];
}

interface Flavour {
  readonly prepare: Command;
  readonly options: readonly string[];
}

function startDatabase(
  program: string,
  flavour: (place: Place) => Flavour,
  keep = (serve: Command): Command => serve,
): Promise<Server> {
  return startThrowAway({
    program,
    url: (port) => `mysql://${USER}:${PASSWORD}@127.0.0.1:${port}`,
    commands: async (folder, port) => {
      const data = join(folder, "data");
      const asUser = process.getuid?.() === 0 ? [`--user=${userInfo().username}`] : [];
      const { prepare, options } = flavour({ data, asUser });
      const users = join(folder, "users.sql");
      await writeFile(
        users,
        // Each server makes the user itself: a replica would stumble over it.
        `SET SESSION sql_log_bin = 0;\nCREATE USER IF NOT EXISTS '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO '${USER}'@'%' WITH GRANT OPTION;\n`,
      );
      const serve: Command = [
        program,
        "--no-defaults",
        ...asUser,
        `--datadir=${data}`,
        `--init-file=${users}`,
        "--bind-address=127.0.0.1",
        `--port=${port}`,
        `--socket=${join(folder, "socket")}`,
        `--pid-file=${join(folder, "pid")}`,
        ...FAST,
        ...options,
      ];
      return [prepare, keep(serve)];
    },
    ping,
  });
}

async function ping(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 5_000 });
  await connection.ping();
  await connection.end();
}
