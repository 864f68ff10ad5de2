/** This API as it runs in production, on a store of the bench. */

import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { createContainer, LOGGER, loadConfig, STORE, startServer } from "@movie-store/http-koa";

const repository = SqliteMovieRepository.open({ path: process.argv[2] as string });
const config = loadConfig({ PORT: "0", HOST: "127.0.0.1" });
const container = createContainer(config, { repository });
const server = await startServer({ store: container.resolve(STORE), config, log: container.resolve(LOGGER) });
console.error(server.url);
