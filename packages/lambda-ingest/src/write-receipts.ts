/** Receipts in the bucket, for what a batch has taken in. */

import type { ReceiptSums, S3ReceiptWriter } from "@movie-store/adapters/s3";
import type { Deadline } from "./deadline.ts";
import type { BatchResult } from "./ingest-batch.ts";

export type ReceiptWriter = Pick<S3ReceiptWriter, "write">;

/** By so much they delay the answer at most. What is not written then, a reconciliation writes. */
const WITHIN_MS = 5_000;

/** Never throws: what was taken in is acknowledged with or without a receipt. */
export async function writeReceipts(
  writer: ReceiptWriter,
  { takenIn }: BatchResult,
  deadline: Deadline,
): Promise<ReceiptSums> {
  const receipts = takenIn.map(({ receipt }) => receipt);
  return writer.write(receipts, Math.min(WITHIN_MS, deadline.leftMs));
}
