/** Every version of every object below a prefix, from ListObjectVersions. */

import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from "@aws-sdk/client-s3";
import { isReceiptKey, type ObjectAddress } from "@movie-store/core";

/** Stands for the id of a version that has none: the bucket kept no versions when it was written. */
export const NO_VERSION_ID = "null";

/**
 * Keys ascending as UTF-8 bytes, which is the order of the service; the versions of a key oldest first, which is not.
 * Delete markers are left out, the empty objects with which consoles show folders, and receipts.
 *
 * @param callPage sends one request; it adds deadline and error codes.
 */
export async function* listVersions(
  client: S3Client,
  bucket: string,
  prefix: string,
  callPage: CallPage,
): AsyncGenerator<ObjectAddress> {
  // The versions of one key, newest first; they may go on over the end of a page.
  let ofOneKey: ObjectAddress[] = [];
  for await (const page of pagesOf(client, bucket, prefix, callPage)) {
    for (const version of page.Versions ?? []) {
      const address = addressOf(version, bucket, plainText(page));
      if (address === undefined) continue;
      if (ofOneKey[0]?.key !== address.key) {
        yield* ofOneKey.reverse();
        ofOneKey = [];
      }
      ofOneKey.push(address);
    }
  }
  yield* ofOneKey.reverse();
}

type CallPage = <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

type Marker = Pick<ListObjectVersionsCommandInput, "KeyMarker" | "VersionIdMarker">;

async function* pagesOf(
  client: S3Client,
  bucket: string,
  prefix: string,
  callPage: CallPage,
): AsyncGenerator<ListObjectVersionsCommandOutput> {
  let marker: Marker | undefined = {};
  while (marker !== undefined) {
    // XML can't hold every character of a key, hence the encoding.
    const command = new ListObjectVersionsCommand({
      ...{ Bucket: bucket, Prefix: prefix, EncodingType: "url" },
      ...marker,
    });
    const page: ListObjectVersionsCommandOutput = await callPage((abortSignal) =>
      client.send(command, { abortSignal }),
    );
    yield page;
    marker = nextMarker(page);
  }
}

function nextMarker(page: ListObjectVersionsCommandOutput): Marker | undefined {
  const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
  if (IsTruncated !== true || NextKeyMarker === undefined) return undefined;
  return { KeyMarker: plainText(page)(NextKeyMarker), VersionIdMarker: NextVersionIdMarker };
}

function addressOf(
  version: ObjectVersion,
  bucket: string,
  plain: (text: string) => string,
): ObjectAddress | undefined {
  const { Key, VersionId, IsLatest, Size, LastModified } = version;
  if (Key === undefined || (Size === 0 && Key.endsWith("/")) || isReceiptKey(plain(Key))) return undefined;
  // The newest is found without an id. An older one without an id is not: the newest would come in its place.
  const hasId = VersionId !== undefined && (VersionId !== NO_VERSION_ID || IsLatest === false);
  return {
    bucket,
    key: plain(Key),
    ...(hasId ? { versionId: VersionId } : {}),
    ...(LastModified === undefined ? {} : { eventTimeMs: LastModified.getTime() }),
  };
}

/** Not every service that speaks this language encodes when it is asked to; it says whether it did. */
export function plainText(
  page: Pick<ListObjectVersionsCommandOutput, "EncodingType">,
): (text: string) => string {
  return page.EncodingType === "url"
    ? (text) => decodeURIComponent(text.replaceAll("+", " "))
    : (text) => text;
}
