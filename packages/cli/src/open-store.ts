/** The store that the environment names, opened for one command. */

import { existsSync } from "node:fs";
import { MemoryMovieRepository, type MovieStore } from "@movie-store/core";
import { type Config, createContainer, loadConfig, type Replacements, STORE } from "@movie-store/http-koa";

interface OpenStore {
  readonly config: Config;
  readonly store: MovieStore;
}

type Work = (open: OpenStore) => Promise<void>;

/** Opens the store, made if it is not there, and closes it when the work is done. */
export async function withStore(work: Work): Promise<void> {
  await withParts(loadConfig(process.env), {}, work);
}

/** As `withStore`, but makes nothing: where there is no store yet, the work finds an empty one. */
export async function withStoreToCheck(work: Work): Promise<void> {
  const config = loadConfig(process.env);
  const isThere = config.mysqlUrl !== undefined || existsSync(config.databasePath);
  await withParts(config, isThere ? {} : { repository: new MemoryMovieRepository() }, work);
}

async function withParts(config: Config, replacements: Replacements, work: Work): Promise<void> {
  const container = createContainer(config, replacements);
  try {
    await work({ config, store: container.resolve(STORE) });
  } finally {
    await container.close();
  }
}
