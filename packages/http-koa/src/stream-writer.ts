/** Sends answers piece by piece, as fast as the client reads. */

import type { ServerResponse } from "node:http";
import type { AnswerWriter, Circumstances, StreamAnswer } from "./answer.ts";

export interface StreamWriterOptions {
  readonly writer: AnswerWriter;
  /** Once aborted, all streams are told to end. */
  readonly stopping: AbortSignal;
  /** A client that has read nothing for so long, while there is something to read, is cut off. */
  readonly maxStallMs: number;
}

export class StreamWriter {
  readonly #writer: AnswerWriter;
  readonly #stopping: AbortSignal;
  readonly #maxStallMs: number;
  /** Of the streams that are open. One listener for all: a signal warns about many. */
  readonly #open = new Set<AbortController>();

  constructor({ writer, stopping, maxStallMs }: StreamWriterOptions) {
    this.#writer = writer;
    this.#stopping = stopping;
    this.#maxStallMs = maxStallMs;
    stopping.addEventListener("abort", () => {
      for (const stream of this.#open) stream.abort();
    });
  }

  /** @throws what the stream throws; the connection is then to be cut off if the headers have been sent. */
  async write(res: ServerResponse, answer: StreamAnswer, circumstances: Circumstances): Promise<void> {
    const end = new AbortController();
    res.once("close", () => end.abort());
    if (this.#stopping.aborted || res.destroyed) end.abort();
    this.#open.add(end);
    try {
      await this.#send(res, answer, circumstances, end.signal);
    } catch (error) {
      // Who ends a wait by the signal may throw. There is nobody to tell of it, nor anything to repair.
      if (!end.signal.aborted) throw error;
      res.destroy();
    } finally {
      this.#open.delete(end);
    }
  }

  async #send(
    res: ServerResponse,
    answer: StreamAnswer,
    circumstances: Circumstances,
    signal: AbortSignal,
  ): Promise<void> {
    for await (const piece of answer.chunks(signal)) {
      if (res.destroyed) return;
      if (!res.headersSent) this.#writer.beginStream(res, answer, circumstances);
      if (!res.write(piece)) await this.#drained(res);
      if (res.destroyed) return;
    }
    if (!res.headersSent) this.#writer.beginStream(res, answer, circumstances);
    res.end();
  }

  /** Resolves when the client has read what was written, or is gone. */
  #drained(res: ServerResponse): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stalled = setTimeout(() => res.destroy(), this.#maxStallMs);
    const done = () => {
      clearTimeout(stalled);
      res.off("drain", done).off("close", done);
      resolve();
    };
    res.on("drain", done).on("close", done);
    return promise;
  }
}
