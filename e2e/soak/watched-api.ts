/** A process of the API that tells what it holds. */

import { readdir, readFile, readlink } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { ApiProcess } from "../api-process.ts";
import type { Held } from "./probe.ts";

const PROBE = pathToFileURL(join(import.meta.dirname, "probe.ts")).href;

export interface Sample extends Held {
  /** Resident memory. */
  readonly rssBytes: number;
  readonly descriptors: number;
  /** Of the descriptors. */
  readonly sockets: number;
}

export class WatchedApi {
  readonly api: ApiProcess;
  readonly #socket: string;

  private constructor(api: ApiProcess, socket: string) {
    this.api = api;
    this.#socket = socket;
  }

  /** @param socket a path that is free. */
  static async start(socket: string, environment: NodeJS.ProcessEnv): Promise<WatchedApi> {
    const api = await ApiProcess.start({
      ...environment,
      NODE_OPTIONS: `--expose-gc --import=${PROBE}`,
      MOVIE_STORE_SOAK_PROBE: socket,
    });
    return new WatchedApi(api, socket);
  }

  async sample(): Promise<Sample> {
    const held = JSON.parse(await text(connect(this.#socket))) as Held;
    const folder = `/proc/${this.api.pid}`;
    const names = await readdir(`${folder}/fd`);
    const targets = await Promise.all(names.map((name) => readlink(`${folder}/fd/${name}`).catch(() => "")));
    const status = await readFile(`${folder}/status`, "utf8");
    return {
      ...held,
      rssBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024,
      descriptors: names.length,
      sockets: targets.filter((target) => target.startsWith("socket:")).length,
    };
  }
}
