/** The API alone, as pods run it: `node dist/main.js`. */

import { ConfigError } from "@movie-store/adapters/variables";
import { loadConfig } from "./config.ts";
import { createContainer, STORE } from "./container.ts";
import { createLogger } from "./logger.ts";
import { openObservation } from "./observation.ts";
import { startServer } from "./server.ts";

try {
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  const observation = await openObservation(config, log);
  const container = createContainer(config, { logger: log, observation });
  const server = await startServer({ store: container.resolve(STORE), config, log, observation });
  log.info({ url: server.url }, "the API is listening");

  const stop = (signal: string) => {
    log.info({ signal }, "the API is stopping");
    // The process ends by itself once nothing is left to do.
    server
      .stop()
      .then(() => container.close())
      .then(() => observation.close())
      .catch((error) => {
        log.error({ err: error }, "the API has not stopped cleanly");
        process.exitCode = 1;
      });
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
} catch (error) {
  // One line: whoever reads it wants to know what to change. Anything unforeseen comes with its stack.
  const isForeseen = error instanceof ConfigError || (error instanceof Error && "code" in error);
  process.stderr.write(`movie-store: ${isForeseen ? error.message : errorText(error)}\n`);
  process.exitCode = 1;
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
