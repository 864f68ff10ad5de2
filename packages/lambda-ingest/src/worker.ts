/** The ingest for those without Lambda: `node dist/worker.js` polls the queue itself. */

import { SQSClient } from "@aws-sdk/client-sqs";
import { ConfigError } from "@movie-store/adapters/variables";
import { loadConfig } from "./config.ts";
import { createContainer, LOGGER } from "./container.ts";
import { createHandler } from "./create-handler.ts";
import { workOnQueue } from "./queue-worker.ts";

try {
  const config = loadConfig(process.env);
  const { queueUrl, region } = config;
  if (queueUrl === undefined) throw new ConfigError("SQS_QUEUE_URL", "must be there: the queue to work on");
  const container = createContainer(config);
  const log = container.resolve(LOGGER);
  // A queue elsewhere than at Amazon is found by its URL.
  const client = new SQSClient({ ...(region === undefined ? {} : { region }) });

  const stopping = new AbortController();
  process.once("SIGTERM", () => stopping.abort());
  process.once("SIGINT", () => stopping.abort());
  log.info("the worker is at work", { queueUrl });
  await workOnQueue({ client, queueUrl, handler: createHandler(container), log }, stopping.signal);
  client.destroy();
  await container.close();
  log.info("the worker has stopped", {});
} catch (error) {
  // One line: whoever reads it wants to know what to change. Anything unforeseen comes with its stack.
  const isForeseen = error instanceof ConfigError || (error instanceof Error && "code" in error);
  process.stderr.write(`movie-store worker: ${isForeseen ? error.message : errorText(error)}\n`);
  process.exitCode = 1;
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
