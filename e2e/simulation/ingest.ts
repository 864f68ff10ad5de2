/** An ingest function: takes batches of the queue, with the code of the Lambda. */

import { MovieStore } from "@movie-store/core";
import { Deadline, OutOfTime } from "../../packages/lambda-ingest/src/deadline.ts";
import { readInvocation } from "../../packages/lambda-ingest/src/event.ts";
import { hasLeftWork, ingestBatch } from "../../packages/lambda-ingest/src/ingest-batch.ts";
import { returnedIds } from "../../packages/lambda-ingest/src/report.ts";
import type { ApiParts } from "./api.ts";
import type { Bucket } from "./bucket.ts";
import { SimulatedCache } from "./cache-client.ts";
import { repositoryOf } from "./database.ts";
import type { SimulatedProcess } from "./process.ts";
import type { Queue, QueueMessage } from "./queue.ts";
import type { Step } from "./step.ts";

export interface IngestParts extends ApiParts {
  readonly bucket: Bucket;
  readonly queue: Queue;
  /** A message is deleted from the queue. */
  readonly onAcknowledged: (message: QueueMessage) => void;
}

export class Ingest {
  readonly process: SimulatedProcess;
  readonly #parts: IngestParts;
  readonly cache: SimulatedCache;
  readonly #store: MovieStore;
  readonly #source: ReturnType<Bucket["openFor"]>;
  #invocation: Invocation | undefined;
  /** That a batch has failed with as a whole, and must not. */
  failure: unknown;

  constructor(parts: IngestParts) {
    const { process, database, server, bucket, variant } = parts;
    this.#parts = parts;
    this.process = process;
    this.cache = new SimulatedCache(process, server, parts.nameOf);
    const cache = variant.cache?.(this.cache) ?? this.cache;
    const repository = repositoryOf(process, database);
    this.#store = new MovieStore({
      repository: variant.repository?.(repository, cache) ?? repository,
      cache,
      clock: process.timeOfDay,
    });
    const source = bucket.openFor(process);
    this.#source = variant.source?.(source) ?? source;
  }

  get dueMs(): number {
    return this.process.dueMs;
  }

  get isBusy(): boolean {
    return this.#invocation !== undefined;
  }

  async die(): Promise<void> {
    this.process.die();
  }

  *steps(): Iterable<Step> {
    yield* this.process.steps();
    const { name } = this.process;
    const invocation = this.#invocation;
    if (invocation !== undefined) {
      yield { kind: "out of time", name: `the time of ${name} is up`, happen: () => invocation.end() };
      return;
    }
    for (const batch of this.#parts.queue.batches()) {
      const names = batch.map(({ named }) => named.name).join(", ");
      yield { kind: "receive", name: `${name} receives ${names}`, happen: () => void this.#handle(batch) };
    }
  }

  async #handle(batch: readonly QueueMessage[]): Promise<void> {
    const { queue, variant } = this.#parts;
    const deadline = new Invocation();
    this.#invocation = deadline;
    try {
      const event = { Records: queue.receive(batch) };
      if (variant.acknowledges === "before") await this.#acknowledge(batch);
      const { messages } = readInvocation(event);
      const result = await ingestBatch(messages, { store: this.#store, source: this.#source, deadline });
      if (hasLeftWork(result)) return this.process.die();
      const returned = variant.acknowledges === "everything" ? [] : returnedIds(result.failures);
      await this.#acknowledge(batch.filter(({ id }) => !returned.includes(id)));
    } catch (error) {
      this.failure ??= error;
    }
    this.#invocation = undefined;
  }

  async #acknowledge(batch: readonly QueueMessage[]): Promise<void> {
    const { queue, onAcknowledged } = this.#parts;
    for (const message of batch) {
      const work = () => {
        queue.delete(message.id);
        onAcknowledged(message);
      };
      // What can't be deleted comes again.
      await this.process.change(`acknowledges ${message.named.name}`, work).catch(() => {});
    }
  }
}

/** Its time is up when a step says so. */
class Invocation extends Deadline {
  readonly #passed = Promise.withResolvers<never>();
  #isOver = false;

  constructor() {
    super(0);
    this.#passed.promise.catch(() => {});
  }

  end(): void {
    this.#isOver = true;
    this.#passed.reject(new OutOfTime(true));
  }

  override async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isOver) throw new OutOfTime(false);
    return Promise.race([work(), this.#passed.promise]);
  }
}
