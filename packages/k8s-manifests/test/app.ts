/** What the program that the pods run is like: asked of the program itself. */

import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { promisify } from "node:util";
import { MemoryMovieRepository } from "@movie-store/core";
import {
  createContainer,
  createLogger,
  loadConfig,
  openObservation,
  STORE,
  startServer,
  VARIABLES,
} from "@movie-store/http-koa";
import {
  loadConfig as loadWorkerConfig,
  VARIABLES as WORKER_VARIABLES,
} from "../../lambda-ingest/src/config.ts";

const run = promisify(execFile);
const REPOSITORY = resolve(import.meta.dirname, "../../..");
const CLI = "packages/cli/bin/movie-store.js";

type Environment = Readonly<Record<string, string>>;

export interface App {
  /** Variables that the program of this container reads. */
  readonly variables: (container: string) => readonly string[];
  /** What the program says of its environment, such as `PORT must be …`; `undefined`: nothing. */
  readonly refusal: (container: string, environment: Environment) => string | undefined;
  /** The status of the answer to a GET. */
  readonly statusOf: (path: string) => Promise<number>;
  /** Where it listens when nobody says otherwise. */
  readonly port: number;
  /** How long it keeps an idle connection, in seconds, as it tells its clients. */
  readonly keepAliveSeconds: number;
  /** What is wrong with a command line of the image; `undefined`: nothing. */
  readonly commandFault: (args: readonly string[]) => string | undefined;
  readonly close: () => Promise<void>;
}

export async function askApp(): Promise<App> {
  const config = loadConfig({ PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "silent", METRICS_OPEN: "on" });
  const log = createLogger("silent");
  const observation = await openObservation(config, log);
  const container = createContainer(config, { repository: new MemoryMovieRepository(), observation });
  const server = await startServer({ store: container.resolve(STORE), config, log, observation });
  const { headers } = await fetch(new URL("/health/live", server.url));
  const commands = await commandsOfCli();
  const folders = foldersOfImage();
  return {
    variables: (name) => (name === "worker" ? WORKER_VARIABLES : VARIABLES),
    refusal: (name, environment) => {
      try {
        (name === "worker" ? loadWorkerConfig : loadConfig)(environment);
        return undefined;
      } catch (error) {
        return String(error);
      }
    },
    statusOf: async (path) => {
      const answer = await fetch(new URL(path, server.url));
      await answer.arrayBuffer();
      return answer.status;
    },
    port: loadConfig({}).port,
    keepAliveSeconds: Number(/timeout=(\d+)/.exec(headers.get("keep-alive") ?? "")?.[1]),
    commandFault: ([node, file = "", command, ...more]) => {
      const source = file.replace("/dist/", "/src/").replace(/\/main\.js$/, "/main.ts");
      if (node !== "node" || more.length > 0) return "is not node with a file and a command";
      if (!folders.includes(dirname(file))) return `has a file that the image has not, ${file}`;
      if (!existsSync(resolve(REPOSITORY, source))) return `has a file that nobody makes, ${file}`;
      if (file === CLI ? !commands.includes(command ?? "") : command !== undefined)
        return `has an unknown command, ${command}`;
      return undefined;
    },
    close: async () => {
      await server.stop(0);
      await container.close();
      await observation.close();
    },
  };
}

async function commandsOfCli(): Promise<readonly string[]> {
  const { stdout } = await run(process.execPath, [resolve(REPOSITORY, CLI), "--help"]);
  return [...stdout.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, command]) => command as string);
}

function foldersOfImage(): readonly string[] {
  const text = readFileSync(resolve(REPOSITORY, "packages/http-koa/Dockerfile"), "utf8");
  return [...text.matchAll(/^COPY --from=\w+ \/app\/\S+ (\S+)$/gm)].map(([, folder]) => folder as string);
}
