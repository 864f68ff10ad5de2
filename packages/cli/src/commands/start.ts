/** `movie-store start`: the whole system in one process. */

import type { MovieStore } from "@movie-store/core";
import {
  type Config,
  createContainer,
  createLogger,
  loadConfig,
  openObservation,
  type RunningServer,
  type ServerOptions,
  STORE,
  startServer,
} from "@movie-store/http-koa";
import type { Command } from "commander";
import { type Intake, type IntakeParts, openIntake } from "../intake.ts";
import { migrate } from "../migrate.ts";
import { count, print } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export function addStart(program: Command): void {
  program
    .command("start")
    .summary("answer on http://localhost:3000 and watch the inbox")
    .description(
      `Runs the whole system in one process: the store, the API, and a watch on the inbox. What is put there
as <provider>/<anything>.json (or .csv, either also .gz) is taken in at once. The store is a file, or MySQL where
MYSQL_URL is set; with S3_BUCKET the inbox is that bucket, listed every few seconds.

At the first start of an empty store a sample of films is put into the inbox, unless MOVIE_STORE_SAMPLE=off. Ends on
SIGTERM and SIGINT when every request is answered; a second signal ends it at once.`,
    )
    .action(start);
}

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  const stopped = firstSignal();
  await migrate(config);
  const log = createLogger(config.logLevel);
  const observation = await openObservation(config, log);
  const container = createContainer(config, { logger: log, observation });
  try {
    const store = container.resolve(STORE);
    const parts = { config, store, log, observation };
    const intake = await openIntake(parts);
    try {
      await serve(parts, intake, stopped);
    } finally {
      await intake.close();
    }
  } finally {
    await container.close();
    await observation.close();
  }
}

async function serve(parts: IntakeParts, intake: Intake, stopped: Promise<void>): Promise<void> {
  const server = await listen(parts);
  try {
    await greet(parts.store, parts.config, server.url, intake);
    intake.follow();
    await stopped;
    print("stopping when every request is answered; a second signal stops at once");
    await Promise.all([server.stop(), intake.close()]);
  } finally {
    await server.stop();
  }
}

/** A second signal finds no handler of ours and ends the process as the system sees fit. */
function firstSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onSignal = () => {
    process.off("SIGTERM", onSignal);
    process.off("SIGINT", onSignal);
    resolve();
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return promise;
}

async function listen(options: ServerOptions): Promise<RunningServer> {
  const { port } = options.config;
  try {
    return await startServer(options);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") throw new UsageError(`PORT: port ${port} is taken, set PORT to another one`);
    if (code === "EACCES") throw new UsageError(`PORT: port ${port} may not be used by this user`);
    throw error;
  }
}

async function greet(store: MovieStore, config: Config, url: string, intake: Intake): Promise<void> {
  const films = await upTo(10_000, store.exportMovies());
  const rejected = (await store.receipts({ verdict: "rejected", limit: 1_000 })).length;
  print(`Movie Store is ready: ${url}

  films     ${atLeast(films, 10_000)}
  rejected  ${atLeast(rejected, 1_000)}${rejected === 0 ? "" : ' (see "movie-store rejected")'}
  ${intake.name.padEnd(9)} ${intake.place}
            put a film there as <provider>/<anything>.json and it is taken in

  try       ${await suggestion(store, config, url)}
`);
}

/** A line to paste into a shell that will find something. */
async function suggestion(store: MovieStore, config: Config, url: string): Promise<string> {
  const { movies } = await store.find({ limit: 100 });
  const [name] = movies.find(({ cast }) => cast !== undefined && cast.length > 0)?.cast ?? [];
  if (movies.length === 0) return "movie-store ingest films.json --provider <name>";
  const key = config.apiKeys.length === 0 ? "" : " -H 'X-Api-Key: …'";
  // What URLSearchParams leaves as it is needs no care between single quotes.
  const query = name === undefined ? "" : `?${new URLSearchParams({ cast: name })}`;
  return `curl${key} '${url}/v1/movies${query}'`;
}

async function upTo(limit: number, items: AsyncIterable<unknown>): Promise<number> {
  let number = 0;
  for await (const _ of items) if (++number >= limit) break;
  return number;
}

function atLeast(number: number, limit: number): string {
  return `${count(number)}${number >= limit ? " or more" : ""}`;
}
