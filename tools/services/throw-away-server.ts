/** Servers that live for one test run, on a free port and in a temporary folder. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";
import { messageOf, type Server } from "./server.ts";
import { untilAnswers } from "./until-answers.ts";

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

export interface ThrowAway {
  /** The program it runs, as people are told. */
  readonly program: string;
  readonly url: (port: number) => string;
  /** The commands for the folder and the port: those that prepare, and last the server in the foreground. */
  readonly commands: (folder: string, port: number) => Promise<readonly Command[]> | readonly Command[];
  readonly ping: (url: string) => Promise<unknown>;
}

const KEEPER = fileURLToPath(new URL("./keeper.ts", import.meta.url));
const TRIES = 3;

/** @throws Error with the last lines of its output when the server does not come up. */
export async function startThrowAway(server: ThrowAway): Promise<Server> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(server);
    } catch (error) {
      const reason = messageOf(error);
      // A port that was free a moment ago need not be so now.
      if (tries === TRIES || !/address already in use/i.test(reason)) {
        throw new Error(`${server.program} does not start: ${reason}`, { cause: error });
      }
    }
  }
}

async function start({ program, url, commands, ping }: ThrowAway): Promise<Server> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "movie-store-test-"));
  const keeper = startKeeper(folder, await commands(folder, port));
  const address = url(port);
  try {
    await untilAnswers(() => ping(address), keeper.check);
  } catch (error) {
    await keeper.stop();
    throw error;
  }
  return { url: address, from: program, stop: keeper.stop };
}

interface Keeper {
  /** Throws what the keeper has to say when it has ended. */
  check(): void;
  /** Resolves when the server and its folder are gone. */
  stop(): Promise<void>;
}

function startKeeper(folder: string, commands: readonly Command[]): Keeper {
  const child = spawn(
    process.execPath,
    [KEEPER, folder, JSON.stringify(commands)],
    // Detached, so that Ctrl-C does not reach it: it ends when its standard input does, which is when the run ends.
    { detached: true, stdio: ["pipe", "ignore", "pipe"] },
  );
  const closed = once(child, "close");
  let isClosed = false;
  let complaint = "";
  child.once("close", () => {
    isClosed = true;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text;
  });
  return {
    check: () => {
      if (isClosed) throw new Error(complaint.trim());
    },
    stop: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
