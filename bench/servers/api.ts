/** This API as it runs in production, on a store of the bench. */

import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import {
  createContainer,
  createLogger,
  loadConfig,
  openObservation,
  STORE,
  startServer,
} from "@movie-store/http-koa";

const repository = SqliteMovieRepository.open({ path: process.argv[2] as string });
const config = loadConfig({ PORT: "0", HOST: "127.0.0.1" });
const log = createLogger(config.logLevel);
const observation = await openObservation(config, log);
const container = createContainer(config, { repository, logger: log, observation });
const server = await startServer({ store: container.resolve(STORE), config, log, observation });
console.error(server.url);
