/** The servers that the variables name, or else servers of this run. */

import { startMySql } from "../tools/services/database-servers.ts";
import { findServer, type Server } from "../tools/services/server.ts";
import { allServices } from "../tools/services/services.ts";

export type ServerName = "mysql" | "redis" | "s3";

export interface FoundServers {
  readonly urls: Readonly<Partial<Record<ServerName, string>>>;
  /** Whether MySQL was started for this run, and its stores go with it. */
  readonly mysqlIsOurs: boolean;
  stop(): Promise<void>;
}

/** Commits are on disk before they are answered, as where films are worth something. */
const AS_IN_PRODUCTION = [
  "--innodb-flush-log-at-trx-commit=1",
  "--innodb-doublewrite=1",
  "--innodb-buffer-pool-size=2G",
  "--innodb-redo-log-capacity=2G",
];

/** Says on standard error which it has not found. */
export async function findBenchServers(
  names: readonly ServerName[],
  environment: NodeJS.ProcessEnv,
): Promise<FoundServers> {
  const services = allServices(environment);
  const ways = [() => startMySql(environment, AS_IN_PRODUCTION)];
  const wanted = { ...services, mysql: { ...services.mysql, ways } };
  const servers = new Map<ServerName, Server>();
  const stop = async () => {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  };
  try {
    for (const name of names) {
      const { server, service, reasons } = await findServer(wanted[name], environment);
      const lack = server === undefined ? reasons.join("; ") : server.lacks;
      if (server !== undefined) servers.set(name, server);
      if (lack !== undefined) console.error(`${service.name}: ${lack}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const usable = [...servers].filter(([, { lacks }]) => lacks === undefined);
  return {
    urls: Object.fromEntries(usable.map(([name, { url }]) => [name, url])),
    mysqlIsOurs: servers.get("mysql") !== undefined && !environment["TEST_MYSQL_URL"],
    stop,
  };
}
