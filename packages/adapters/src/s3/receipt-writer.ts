/** Receipts beside the objects, in the same bucket: for providers who have no access to the API. */

import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  DEFAULT_PREFIX,
  type MovieStore,
  MovieStoreError,
  mapConcurrently,
  type Receipt,
  receiptAnswer,
  receiptKey,
} from "@movie-store/core";
import { openClient, type S3ConnectionOptions } from "./client.ts";
import { mapS3Error } from "./errors.ts";
import { receiptTimes } from "./list-receipts.ts";
import { bucketOfName, type Replica } from "./replica.ts";

export interface S3ReceiptWriterOptions extends S3ConnectionOptions {
  /** Knows what became of the first delivery of an object. */
  readonly store: Pick<MovieStore, "settledReceipts">;
  /** Key prefix of the providers' folders; default `providers/`. */
  readonly prefix?: string;
}

/** How far the writing of some receipts came. Objects whose key names no provider get none, and do not count. */
export interface ReceiptSums {
  readonly written: number;
  /** Not written, and not known to be there. */
  readonly failed: number;
  /** What the first of these failed at; `unavailable` or `closed`. */
  readonly error?: MovieStoreError;
}

interface PlacedReceipt {
  readonly receipt: Receipt;
  readonly key: string;
}

const PUTS_AT_ONCE = 32;
/** A bucket dates what is written to the whole second before. */
const DATED_WITHIN_MS = 1_000;

/**
 * Writes receipts to where `receiptKey` of core says, in the bucket of the object, as the JSON that the API answers.
 * One says what held when it was written; the bucket tells when that was. Needs the rights s3:PutObject on `receipts/*`
 * and s3:ListBucket.
 *
 * Nothing here fails: the updates are in the log already, and what is missing can be written at any time.
 *
 * @example
 * ```ts
 * import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
 * import { S3ReceiptWriter } from "@movie-store/adapters/s3";
 *
 * const store = new MovieStore({ repository: new MemoryMovieRepository() });
 * const writer = new S3ReceiptWriter({ store, region: "eu-central-1" });
 * const { written, failed } = await writer.write(await store.receipts({ limit: 100 }), 5_000);
 * await writer.close();
 * ```
 */
export class S3ReceiptWriter {
  readonly #client: S3Client;
  readonly #store: Pick<MovieStore, "settledReceipts">;
  readonly #prefix: string;
  readonly #replica: Replica | undefined;
  readonly #closing = new AbortController();

  constructor(options: S3ReceiptWriterOptions) {
    this.#client = openClient(options);
    this.#store = options.store;
    this.#prefix = options.prefix ?? DEFAULT_PREFIX;
    this.#replica = options.replica;
  }

  /**
   * Writes the receipt of each of these updates. What was delivered before has one, or lost it: that is looked up, and
   * only what is missing is written, with what became of the first delivery.
   *
   * @param withinMs it resolves after so many milliseconds at the latest.
   */
  async write(receipts: readonly Receipt[], withinMs: number): Promise<ReceiptSums> {
    const fresh = receipts.filter(({ verdict }) => verdict !== "duplicate");
    return this.#work(receipts, new Set(fresh.map(({ updateId }) => updateId)), withinMs);
  }

  /** As `write`, but each over the one that is there: for updates that have been read again. */
  async rewrite(receipts: readonly Receipt[], withinMs: number): Promise<ReceiptSums> {
    return this.#work(receipts, new Set(receipts.map(({ updateId }) => updateId)), withinMs);
  }

  /**
   * Writes those that are not in the bucket, or were written before what they tell of came about, as it does when an
   * update leaves the quarantine.
   *
   * @param receipts at most some thousands: their keys are held in memory.
   */
  async writeMissing(receipts: readonly Receipt[], withinMs: number): Promise<ReceiptSums> {
    return this.#work(receipts, new Set(), withinMs);
  }

  /** What is under way is given up, and fails. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#client.destroy();
  }

  /** @param fresh the updates whose receipts are written without a look at what is there. */
  async #work(
    receipts: readonly Receipt[],
    fresh: ReadonlySet<string>,
    withinMs: number,
  ): Promise<ReceiptSums> {
    const signal = AbortSignal.any([
      this.#closing.signal,
      AbortSignal.timeout(Math.max(0, Math.ceil(withinMs))),
    ]);
    const placed = this.#placed(receipts);
    let due = new Set(placed.map(({ receipt }) => receipt.updateId)).size;
    let written = 0;
    let error: MovieStoreError | undefined;
    const failWith = (reason: unknown) => {
      error ??= this.#errorOf(reason, signal);
    };
    const putAll = (some: readonly PlacedReceipt[]) =>
      mapConcurrently(some, PUTS_AT_ONCE, async (each) => {
        try {
          await this.#put(each, signal);
          written++;
        } catch (reason) {
          failWith(reason);
        }
      });
    const work = async () => {
      const settled = this.#placed(await this.#store.settledReceipts(placed.map(({ receipt }) => receipt)));
      const toCheck = settled.filter(({ receipt }) => !fresh.has(receipt.updateId));
      await putAll(settled.filter(({ receipt }) => fresh.has(receipt.updateId)));
      const missing = await this.#missing(toCheck, signal);
      due -= toCheck.length - missing.length;
      await putAll(missing);
    };
    // Not everything that is waited for knows the signal.
    if (due > 0) await Promise.race([work(), aborted(signal)]).catch(failWith);
    return { written, failed: due - written, ...(error === undefined ? {} : { error }) };
  }

  #placed(receipts: readonly Receipt[]): readonly PlacedReceipt[] {
    return receipts.flatMap((receipt) => {
      const key = receiptKey(receipt, this.#prefix);
      return key === undefined ? [] : [{ receipt, key }];
    });
  }

  async #missing(placed: readonly PlacedReceipt[], signal: AbortSignal): Promise<readonly PlacedReceipt[]> {
    const missing: PlacedReceipt[] = [];
    for (const [bucket, some] of Map.groupBy(placed, ({ receipt }) => receipt.bucket)) {
      const keys = some.map(({ key }) => key);
      const times = await receiptTimes(this.#client, bucketOfName(bucket, this.#replica), keys, signal);
      missing.push(...some.filter(({ receipt, key }) => !isCovered(receipt, times.get(key))));
    }
    return missing;
  }

  async #put({ receipt, key }: PlacedReceipt, abortSignal: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: bucketOfName(receipt.bucket, this.#replica),
      Key: key,
      Body: JSON.stringify(receiptAnswer(receipt)),
      ContentType: "application/json",
    });
    await this.#client.send(command, { abortSignal });
  }

  #errorOf(reason: unknown, signal: AbortSignal): MovieStoreError {
    if (this.#closing.signal.aborted) return new MovieStoreError("closed", "the writer has been closed");
    if (signal.aborted) return new MovieStoreError("unavailable", "the time for writing receipts is up");
    return mapS3Error(reason, "written");
  }
}

/** Whether a receipt that was written then can tell what this one tells. */
function isCovered(receipt: Receipt, writtenAtMs: number | undefined): boolean {
  if (writtenAtMs === undefined) return false;
  return writtenAtMs + DATED_WITHIN_MS > (receipt.readableAtMs ?? receipt.receivedAtMs);
}

function aborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return promise;
}
