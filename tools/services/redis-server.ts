/** Redis, or Valkey, which speaks the same. */

import { Redis } from "ioredis";
import { containerOf } from "./containers.ts";
import { requireProgram } from "./programs.ts";
import type { Server, Service } from "./server.ts";
import { startThrowAway } from "./throw-away-server.ts";

const PORT = 6379;
const IN_MEMORY_ALONE = ["--save", "", "--appendonly", "no"];

export function redis(environment: NodeJS.ProcessEnv, startContainer = containerOf): Service {
  return {
    name: "Redis",
    variable: "TEST_REDIS_URL",
    ping,
    ways: [
      () =>
        startContainer({
          image: "redis:7",
          port: PORT,
          command: ["redis-server", ...IN_MEMORY_ALONE],
          url: (host, port) => `redis://${host}:${port}`,
          ping,
        }),
      async () => startRedis(requireProgram(["redis-server", "valkey-server"], environment)),
    ],
    programs: "redis-server or valkey-server",
  };
}

function startRedis(program: string): Promise<Server> {
  return startThrowAway({
    program,
    url: (port) => `redis://127.0.0.1:${port}`,
    commands: (folder, port) => [
      [program, "--bind", "127.0.0.1", "--port", String(port), "--dir", folder, ...IN_MEMORY_ALONE],
    ],
    ping,
  });
}

async function ping(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // What goes wrong is said by the promises; without a listener it would be printed as well.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
}
