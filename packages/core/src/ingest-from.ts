/** Taking in what a source lists: the backfill of a new store, and the reconciliation of an old one. */

import { groupsOf, mapConcurrently } from "./concurrent.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { type Receipt, type ReceivedObject, updateIdOfVersion } from "./update.ts";
import type { ObjectAddress, UpdateSource } from "./update-source.ts";

/** How far an ingest from a source has come. */
export interface IngestSums {
  readonly listed: number;
  /** Of these, in the log already and therefore not read. */
  readonly known: number;
  /** Of these, read and taken in: each has a receipt. */
  readonly receipts: number;
}

export interface IngestFromOptions {
  /** Objects a transaction, 1 to 5,000; default 200. */
  readonly batch?: number;
  /**
   * Told after each batch, with the sums so far and the receipts of those of the batch that the log had already. The
   * next batch begins when the promise that it may return is kept.
   */
  readonly onReceipts?: (
    receipts: readonly Receipt[],
    sums: IngestSums,
    known: readonly Receipt[],
  ) => unknown;
}

/** What a bucket answers side by side. More only makes the first of them wait. */
const READS_AT_ONCE = 16;
const RECEIPTS_AT_ONCE = 1_000;

export async function ingestFrom(
  repository: Pick<MovieRepository, "receipts">,
  ingestMany: (objects: readonly ReceivedObject[]) => Promise<readonly Receipt[]>,
  source: UpdateSource,
  prefix: string,
  options: IngestFromOptions,
): Promise<IngestSums> {
  let sums: IngestSums = { listed: 0, known: 0, receipts: 0 };
  for await (const addresses of groupsOf(source.list(prefix), options.batch ?? 200)) {
    const { news, known } = await comparedWithLog(repository, addresses);
    const objects = await mapConcurrently(news, READS_AT_ONCE, (address) => source.read(address));
    const receipts = await ingestMany(objects);
    sums = {
      listed: sums.listed + addresses.length,
      known: sums.known + addresses.length - news.length,
      receipts: sums.receipts + receipts.length,
    };
    await options.onReceipts?.(receipts, sums, known);
  }
  return sums;
}

async function comparedWithLog(
  repository: Pick<MovieRepository, "receipts">,
  addresses: readonly ObjectAddress[],
): Promise<{ readonly news: readonly ObjectAddress[]; readonly known: readonly Receipt[] }> {
  const ids = addresses.map(({ bucket, key, versionId }) =>
    versionId === undefined ? undefined : updateIdOfVersion({ bucket, key, versionId }),
  );
  const asked = ids.filter((id) => id !== undefined);
  const known = new Map<string, Receipt>();
  for (let at = 0; at < asked.length; at += RECEIPTS_AT_ONCE) {
    const receipts = await repository.receipts(asked.slice(at, at + RECEIPTS_AT_ONCE));
    for (const receipt of receipts) if (receipt !== undefined) known.set(receipt.updateId, receipt);
  }
  return { news: addresses.filter((_, at) => !known.has(ids[at] ?? "")), known: [...known.values()] };
}
