/** S3 and SQS under one address. */

import { containerOf } from "./containers.ts";
import { requireProgram } from "./programs.ts";
import type { Server, Service } from "./server.ts";
import { startThrowAway } from "./throw-away-server.ts";

const PORT = 5000;

export function s3(environment: NodeJS.ProcessEnv, startContainer = containerOf): Service {
  return {
    name: "S3 and SQS",
    variable: "TEST_S3_ENDPOINT",
    ping,
    ways: [
      () =>
        startContainer({
          image: "motoserver/moto:5.2.1",
          port: PORT,
          url: (host, port) => `http://${host}:${port}`,
          ping,
        }),
      async () => startMoto(requireProgram(["moto_server"], environment)),
      startFromNpm,
    ],
    programs: "moto_server (pip install 'moto[server]')",
  };
}

function startMoto(program: string): Promise<Server> {
  return startThrowAway({
    program,
    url: (port) => `http://127.0.0.1:${port}`,
    commands: (_folder, port) => [[program, "-H", "127.0.0.1", "-p", String(port)]],
    ping,
  });
}

async function startFromNpm(): Promise<Server> {
  // Loaded late: it is large, and seldom needed.
  const { startFauxqs } = await import("fauxqs");
  const server = await startFauxqs({ port: 0, logger: false });
  return {
    url: `http://127.0.0.1:${server.port}`,
    from: "fauxqs from npm",
    lacks: "versions of objects and notifications to queues",
    stop: () => server.stop(),
  };
}

/** Any answer will do: without credentials it may well be a refusal. */
async function ping(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
}
