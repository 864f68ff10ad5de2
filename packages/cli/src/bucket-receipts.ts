/** Receipts in the bucket, for what is taken in from it. */

import type { ReceiptSums, S3ReceiptWriter } from "@movie-store/adapters/s3";
import type { Receipt } from "@movie-store/core";
import { count, note } from "./terminal.ts";

/**
 * `new`: of what is taken in. `again`: of what was read again, over what is there. `missing`: of all that is listed,
 * where it is not in the bucket.
 */
export type ReceiptsWanted = "new" | "again" | "missing";

type Writer = Pick<S3ReceiptWriter, "write" | "rewrite" | "writeMissing">;

/** A bucket that takes no receipts delays each batch by so much at most. */
const WITHIN_MS = 20_000;

/** Writes the receipts of one batch while the next one is taken in. */
export class BucketReceipts {
  readonly #writer: Writer;
  readonly #wanted: ReceiptsWanted;
  readonly #onWritten: (sums: ReceiptSums) => void;
  #sums: ReceiptSums = { written: 0, failed: 0 };
  #writing: Promise<void> = Promise.resolve();

  /** @param onWritten is told what became of each batch. */
  constructor(
    writer: Writer,
    wanted: ReceiptsWanted = "new",
    onWritten: (sums: ReceiptSums) => void = () => {},
  ) {
    this.#writer = writer;
    this.#wanted = wanted;
    this.#onWritten = onWritten;
  }

  /**
   * Resolves when the batch before has been written, so that never more than two are held.
   *
   * @param known what the batch has that was in the log already.
   */
  async add(news: readonly Receipt[], known: readonly Receipt[] = []): Promise<void> {
    await this.#writing;
    this.#writing = this.#write(news, known);
  }

  /** When all are written, or have failed. */
  async end(): Promise<ReceiptSums> {
    await this.#writing;
    return this.#sums;
  }

  async #write(news: readonly Receipt[], known: readonly Receipt[]): Promise<void> {
    const sums = await this.#writeWanted(news, known);
    this.#onWritten(sums);
    const { written, failed, error } = sums;
    const first = this.#sums.error ?? error;
    this.#sums = {
      written: this.#sums.written + written,
      failed: this.#sums.failed + failed,
      ...(first === undefined ? {} : { error: first }),
    };
  }

  async #writeWanted(news: readonly Receipt[], known: readonly Receipt[]): Promise<ReceiptSums> {
    switch (this.#wanted) {
      case "new":
        return this.#writer.write(news, WITHIN_MS);
      case "again":
        return this.#writer.rewrite(news, WITHIN_MS);
      case "missing":
        return this.#writer.writeMissing([...known, ...news], WITHIN_MS);
    }
  }
}

export function showReceipts(receipts: ReceiptSums | undefined): void {
  if (receipts === undefined || receipts.written + receipts.failed === 0) return;
  const { written, failed, error } = receipts;
  const not = failed === 0 ? "" : `, ${count(failed)} not: ${error?.message}`;
  note(`receipts in the bucket: ${count(written)} written${not}`);
}
