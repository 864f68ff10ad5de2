/** `movie-store reconcile`: takes in what is in the bucket and not in the log. */

import type { IngestSums } from "@movie-store/core";
import type { Command } from "commander";
import { bucketPlaceOf, ingestBucket } from "../bucket.ts";
import { showReceipts } from "../bucket-receipts.ts";
import { openBucket } from "../open-bucket.ts";
import { withStore } from "../open-store.ts";
import { pace } from "../tally.ts";
import { count, counted, Progress, print } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { showRejections } from "./ingest.ts";

export function addReconcile(program: Command): void {
  program
    .command("reconcile")
    .summary("take in what is in the bucket and was missed")
    .description(
      `Lists every version of every object below S3_PREFIX in S3_BUCKET and takes in those that the update log does not have:
what no event told of, or what came while no one listened. What is known is not read again.

With S3_RECEIPTS=on it writes the receipts that are missing in the bucket, also of what was taken in long ago.

Run it once a day, and after every outage. Exit code 1 if anything was rejected, or a receipt could not be written.`,
    )
    .argument("[s3://bucket/prefix]", "another bucket, or only what is below a prefix")
    .action((argument: string | undefined) =>
      withStore(async ({ store, config }) => {
        const address = argument ?? (config.bucket === undefined ? undefined : `s3://${config.bucket}`);
        if (address === undefined) throw new UsageError("S3_BUCKET: is not set, so say s3://bucket/prefix");
        const place = bucketPlaceOf(address, config.keyPrefix);
        if (place === undefined) throw new UsageError(`${address}: must be s3://bucket/prefix`);
        const bucket = openBucket(place.bucket, config, store);
        const progress = new Progress("version");
        const startMs = performance.now();
        try {
          const { sums, tally, receipts } = await ingestBucket(store, bucket, place.prefix, {
            receipts: "missing",
            onProgress: ({ listed }) => progress.show(listed),
          });
          progress.clear();
          print(`${sumsText(sums)}${pace(sums.listed, performance.now() - startMs)}`);
          if (sums.receipts > 0) print(tally.text);
          showRejections(tally);
          showReceipts(receipts);
          if (tally.count("rejected") + (receipts?.failed ?? 0) > 0) process.exitCode = 1;
        } finally {
          progress.clear();
          await bucket.close();
        }
      }),
    );
}

function sumsText({ listed, known, receipts }: IngestSums): string {
  return `${counted(listed, "version")} in the bucket: ${count(known)} known, ${count(receipts)} taken in`;
}
