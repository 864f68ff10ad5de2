/** From the moment an object is put to the moment the API serves its film: bucket, queue, function, MySQL, Redis. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createContainer, LOGGER, loadConfig, STORE, startServer } from "@movie-store/http-koa";
import { freshDatabase } from "../e2e/fresh-database.ts";
import { EventSourceMapping } from "../e2e/lambda/event-source-mapping.ts";
import { bundleInto, IngestFunction } from "../e2e/lambda/ingest-function.ts";
import { NotifyingBucket } from "../e2e/lambda/notifying-bucket.ts";
import { RuntimeApi } from "../e2e/lambda/runtime-api.ts";
import { type Figure, percentile } from "./report.ts";

const PROVIDERS = 4;
const OBJECTS_A_PROVIDER = 75;
const POLL_MS = 5;
const LIMIT_MS = 1_000;

export interface Servers {
  readonly mysql: string;
  readonly redis: string;
  /** With versions and notifications. */
  readonly s3: string;
}

export async function measureFreshness({ mysql, redis, s3 }: Servers): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "movie-store-bench-"));
  await bundleInto(folder);
  const database = await freshDatabase(mysql);
  const bucket = await NotifyingBucket.create(s3);
  const runtime = await RuntimeApi.start();
  const environment = { MYSQL_URL: database.url, REDIS_URL: redis, S3_ENDPOINT: s3 };
  const functions = [1, 2].map(() => IngestFunction.start({ folder, address: runtime.address, environment }));
  const mapping = EventSourceMapping.start({
    client: bucket.sqs,
    queueUrl: bucket.queueUrl,
    invoke: (event) => runtime.invoke(event),
    visibilitySeconds: 30,
  });
  const config = loadConfig({ ...environment, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "error" });
  const container = createContainer(config);
  const server = await startServer({
    store: container.resolve(STORE),
    config,
    log: container.resolve(LOGGER),
  });

  const isServed = async (title: string) => {
    const answer = await fetch(`${server.url}/v1/movies?title=${title}`);
    return ((await answer.json()) as { readonly movies: readonly unknown[] }).movies.length > 0;
  };
  const times: number[] = [];
  const provide = async (provider: number) => {
    for (let n = 0; n < OBJECTS_A_PROVIDER; n++) {
      const title = `fresh${provider}x${n}`;
      // The answer without the film is cached before the film is there.
      await isServed(title);
      const startedMs = performance.now();
      await bucket.put(`providers/p${provider}/${n}.json`, JSON.stringify({ id: `${n}`, title, year: 2000 }));
      while (!(await isServed(title))) await delay(POLL_MS);
      // The functions start with the first objects.
      if (n >= 5) times.push(performance.now() - startedMs);
    }
  };
  try {
    await Promise.all(Array.from({ length: PROVIDERS }, (_, provider) => provide(provider)));
  } finally {
    await mapping.stop();
    await Promise.all(functions.map((each) => each.kill()));
    await runtime.close();
    await server.stop(0);
    await container.close();
    bucket.close();
    await database.drop();
    await rm(folder, { recursive: true });
  }
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  return [
    {
      name: "from the put to the API",
      value: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
      limit: `p99 < ${LIMIT_MS} ms`,
      met: p99 < LIMIT_MS,
    },
  ];
}
