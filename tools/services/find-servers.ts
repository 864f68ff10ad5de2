/** All servers of a test run together. */

import type { ProvidedContext } from "vitest";
import { lackNotice, missingNotice, standInNotice } from "./notices.ts";
import { type Found, findServer, type Service } from "./server.ts";

export interface Services {
  readonly mysql: Service;
  readonly mariadb: Service;
  readonly redis: Service;
  readonly s3: Service;
}

export interface FoundServers {
  readonly context: Omit<ProvidedContext, "browser" | "kubectl">;
  /** Where each server comes from, a line each. */
  readonly sources: readonly string[];
  /** Why tests run on another server than they should, a text each. */
  readonly standIns: readonly string[];
  /** Why tests are skipped, a text each. */
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

/** @throws Error when a variable names a server that does not answer; nothing that was started is left then. */
export async function findServers(services: Services, environment: NodeJS.ProcessEnv): Promise<FoundServers> {
  const searches = [
    findServer(services.mysql, environment),
    findServer(services.mariadb, environment),
    findServer(services.redis, environment),
    findServer(services.s3, environment),
  ] as const;
  const [mysql, mariadb, redis, s3] = await Promise.all(searches).catch(async (error: unknown) => {
    const settled = await Promise.allSettled(searches);
    await stopAll(settled.flatMap((search) => (search.status === "fulfilled" ? [search.value] : [])));
    throw error;
  });
  const all = [mysql, mariadb, redis, s3];
  const standIns: string[] = [];
  const missing: string[] = [];
  for (const found of all) {
    const standIn = found === mysql ? mariadb : mysql;
    const isDatabase = found === mysql || found === mariadb;
    if (found.server?.lacks !== undefined) missing.push(lackNotice(found, found.server.lacks));
    else if (found.server !== undefined) continue;
    else if (isDatabase && standIn.server !== undefined) standIns.push(standInNotice(found, standIn));
    else missing.push(missingNotice(found));
  }
  return {
    context: {
      mysqlUrl: (mysql.server ?? mariadb.server)?.url,
      mariadbUrl: (mariadb.server ?? mysql.server)?.url,
      redisUrl: redis.server?.url,
      s3Endpoint: s3.server?.url,
      s3Versions: s3.server !== undefined && s3.server.lacks === undefined,
    },
    sources: all.flatMap(({ service, server }) => (server ? [`${service.name}: ${server.from}`] : [])),
    standIns,
    missing,
    stop: () => stopAll(all),
  };
}

async function stopAll(all: readonly Found[]): Promise<void> {
  await Promise.all(all.map(({ server }) => server?.stop()));
}
