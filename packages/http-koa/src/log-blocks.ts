/**
 * Lines are written in blocks, at the latest after 200 ms and when the process exits, because a system call for each
 * would cost as much as the answer it tells of. What a `kill -9` takes away is the last block.
 *
 * They are joined once a block: pino's own destination appends each to a growing text, which took a fifth of the time of
 * a cached answer.
 */

import type { DestinationStream } from "pino";

const BLOCK_LENGTH = 8_192;
const MAX_AGE_MS = 200;

export class LogBlocks implements DestinationStream {
  readonly #out: Pick<NodeJS.WriteStream, "write">;
  #lines: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(out: Pick<NodeJS.WriteStream, "write">) {
    this.#out = out;
  }

  write(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
    if (this.#length >= BLOCK_LENGTH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), MAX_AGE_MS).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const block = this.#lines.join("");
    this.#lines = [];
    this.#length = 0;
    this.#out.write(block);
  }
}

let ofStandardOutput: LogBlocks | undefined;

/** One for all loggers of the process. Writes to pipes and files are done when they return, so none is lost at the exit. */
export function standardOutput(): LogBlocks {
  if (ofStandardOutput === undefined) {
    const blocks = new LogBlocks(process.stdout);
    ofStandardOutput = blocks;
    // Whoever read the log has gone; that is no reason to stop answering.
    process.stdout.on("error", () => {});
    process.once("exit", () => blocks.flush());
  }
  return ofStandardOutput;
}
