/** Which receipts are in a bucket already, and since when. */

import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { compareText, RECEIPTS_PREFIX } from "@movie-store/core";
import { plainText } from "./list-versions.ts";

/**
 * When each of these receipts was last written, milliseconds since 1970 in whole seconds; those that are not there are
 * not among the results. Asks for pages of a thousand from one wanted key to the next: where most of what lies between
 * is wanted, one request for a thousand, and never more than one for each.
 */
export async function receiptTimes(
  client: S3Client,
  bucket: string,
  keys: readonly string[],
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const wanted = [...keys].sort(compareText);
  const isWanted = new Set(wanted);
  const times = new Map<string, number>();
  let passed = "";
  for (let at = 0; at < wanted.length; ) {
    // A key itself is listed behind what is one character shorter.
    const start = later(passed, (wanted[at] as string).slice(0, -1));
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        ...{ Bucket: bucket, Prefix: RECEIPTS_PREFIX, StartAfter: start, EncodingType: "url" },
      }),
      { abortSignal },
    );
    const contents = (page.Contents ?? []).map(({ Key = "", LastModified }) => ({
      key: plainText(page)(Key),
      timeMs: LastModified?.getTime() ?? 0,
    }));
    for (const { key, timeMs } of contents) if (isWanted.has(key)) times.set(key, timeMs);
    const last = contents.at(-1)?.key;
    if (page.IsTruncated !== true || last === undefined) break;
    passed = last;
    while (at < wanted.length && compareText(wanted[at] as string, last) <= 0) at++;
  }
  return times;
}

function later(one: string, other: string): string {
  return compareText(one, other) < 0 ? other : one;
}
