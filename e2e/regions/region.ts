/** One region: its configuration, and its API while that is up. */

import { createMovieStoreClient, type Movie, type MovieStoreClient } from "@movie-store/client";
import {
  type Container,
  createContainer,
  LOGGER,
  loadConfig,
  type RunningServer,
  STORE,
  startServer,
} from "@movie-store/http-koa";

export interface Stores {
  readonly MYSQL_URL: string;
  readonly REDIS_URL: string;
  readonly S3_BUCKET: string;
  readonly S3_ENDPOINT: string;
  readonly S3_REPLICA_OF?: string;
}

export class Region {
  readonly environment: Stores & NodeJS.ProcessEnv;
  #running: { readonly container: Container; readonly server: RunningServer } | undefined;

  constructor(stores: Stores) {
    const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1" };
    this.environment = { ...stores, ...credentials };
  }

  async start(): Promise<void> {
    const config = loadConfig({ ...this.environment, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "silent" });
    const container = createContainer(config);
    const [store, log] = [container.resolve(STORE), container.resolve(LOGGER)];
    this.#running = { container, server: await startServer({ store, config, log }) };
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.server.stop(0);
    await running?.container.close();
  }

  get url(): string {
    if (this.#running === undefined) throw new Error("the API of this region is not up");
    return this.#running.server.url;
  }

  get client(): MovieStoreClient {
    return createMovieStoreClient({ url: this.url });
  }

  /** @param query of `/v1/movies`. */
  async search(query: string): Promise<readonly Movie[]> {
    const answer = await fetch(`${this.url}/v1/movies?limit=100&${query}`);
    return ((await answer.json()) as { readonly movies: readonly Movie[] }).movies;
  }

  async titles(query: string): Promise<readonly string[]> {
    return (await this.search(query)).map(({ title, year }) => `${title} ${year}`);
  }

  /** Which layer answers a search. */
  async layerOf(query: string): Promise<string | undefined> {
    const answer = await fetch(`${this.url}/v1/movies?limit=100&${query}`);
    await answer.body?.cancel();
    return /^(\w+);/.exec(answer.headers.get("server-timing") ?? "")?.[1];
  }
}
