/** `movie-store ingest`: takes films in from files or from a bucket. */

import type { MovieStore } from "@movie-store/core";
import type { Config } from "@movie-store/http-koa";
import { type Command, Option } from "commander";
import { type BucketPlace, bucketPlaceOf, ingestBucket } from "../bucket.ts";
import { showReceipts } from "../bucket-receipts.ts";
import type { FileForm } from "../import/file-pieces.ts";
import { DEFAULT_PROVIDER, type ImportFile, type ImportOptions, importFiles } from "../import/files.ts";
import { batchesOf, objectsOf } from "../import/objects.ts";
import { openBucket } from "../open-bucket.ts";
import { withStore } from "../open-store.ts";
import { pace, Tally } from "../tally.ts";
import { counted, note, Progress, print } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

export interface ImportFlags {
  readonly provider?: string;
  readonly format: "auto" | FileForm;
}

/** Objects of a transaction: large enough to be fast, small enough that readers of other processes go on. */
const BATCH = 5_000;

export function addIngest(program: Command): void {
  withImportFlags(program.command("ingest"))
    .summary("take in films from a file, a folder or a bucket")
    .description(
      `Takes in films from a file, from every file below a folder, or from every version of every object in a bucket.

.json is one film or a list of films, .ndjson (or .jsonl) a film a line, .csv a film a row below a header row; each
may be compressed (.gz). The format of a film is recognised by its shape: canonical, wikipedia-movie-data, OMDb, TMDB.

In a bucket each object is one film of the provider that its key names; what the store has already is not read again.
With S3_RECEIPTS=on each object taken in gets a receipt in the bucket.

The same file again changes nothing; a corrected one changes what was corrected. What can't be accepted is kept with
its reason: see "movie-store rejected". Exit code 1 if anything was rejected.`,
    )
    .argument("<path>", "file, folder or s3://bucket/prefix")
    .action(async (path: string, flags: ImportFlags) => {
      await withStore(async ({ store, config }) => {
        const place = bucketPlaceOf(path, config.keyPrefix);
        const tally =
          place === undefined
            ? await ingestFiles(store, path, config.keyPrefix, importOptionsOf(flags))
            : await ingestObjects(store, place, config, flags);
        if (tally.count("rejected") > 0) process.exitCode = 1;
      });
    });
}

export function withImportFlags(command: Command): Command {
  return command
    .option(
      "-p, --provider <name>",
      `whose films they are (default: the folder below one called "providers", else the first folder below <path>, else "${DEFAULT_PROVIDER}")`,
    )
    .addOption(
      new Option("-f, --format <format>", "how films lie in the files; auto: by the name of each file")
        .choices(["auto", "json", "ndjson", "csv"])
        .default("auto"),
    );
}

export function importOptionsOf({ provider, format }: ImportFlags): ImportOptions {
  return { provider, form: format === "auto" ? undefined : format };
}

async function ingestObjects(
  store: MovieStore,
  { bucket: name, prefix }: BucketPlace,
  config: Config,
  flags: ImportFlags,
): Promise<Tally> {
  if (flags.provider !== undefined)
    throw new UsageError("--provider: in a bucket the key of an object names its provider");
  if (flags.format !== "auto")
    throw new UsageError("--format: in a bucket each object is one film, told by its shape");
  const bucket = openBucket(name, config, store);
  const progress = new Progress("object");
  const startMs = performance.now();
  try {
    const { sums, tally, receipts } = await ingestBucket(store, bucket, prefix, {
      onProgress: ({ listed }) => progress.show(listed),
    });
    progress.clear();
    print(tally.text + pace(sums.listed, performance.now() - startMs));
    if (sums.known > 0) note(`${counted(sums.known, "object")} more known already`);
    showRejections(tally);
    showReceipts(receipts);
    return tally;
  } finally {
    progress.clear();
    await bucket.close();
  }
}

async function ingestFiles(
  store: MovieStore,
  path: string,
  prefix: string,
  options: ImportOptions,
): Promise<Tally> {
  const progress = new Progress("object");
  const tally = new Tally();
  const files = new Files(path, options);
  const startMs = performance.now();
  let taking: Promise<void> = Promise.resolve();
  try {
    for await (const batch of batchesOf(files.objects(prefix), BATCH)) {
      // One batch is on its way into the store while the next one is read.
      await taking;
      taking = store.ingestMany(batch).then((receipts) => {
        tally.add(receipts);
        progress.show(tally.objects, files.share);
      });
      // It is waited for above or below; until then a failure must not count as unhandled.
      taking.catch(() => {});
    }
    await taking;
  } finally {
    await taking.catch(() => {});
    progress.clear();
  }
  if (files.areOfNobody && options.provider === undefined)
    note(`provider: ${DEFAULT_PROVIDER} (--provider names another)`);
  print(tally.text + pace(tally.objects, performance.now() - startMs));
  showRejections(tally);
  return tally;
}

export function showRejections(tally: Tally): void {
  if (tally.count("rejected") > 0) note(`rejected: ${tally.rejections} ("movie-store rejected" shows them)`);
}

/** The files of an argument as one stream of objects, with a count of how far it is. */
class Files {
  readonly #path: string;
  readonly #options: ImportOptions;
  #readBytes = 0;
  #allBytes: number | undefined;
  areOfNobody = false;

  constructor(path: string, options: ImportOptions) {
    this.#path = path;
    this.#options = options;
  }

  get share(): number | undefined {
    return this.#allBytes === undefined ? undefined : this.#readBytes / Math.max(1, this.#allBytes);
  }

  async *objects(prefix: string) {
    if (process.stderr.isTTY) await this.#measure();
    for await (const file of this.#each()) {
      this.areOfNobody ||= file.provider === DEFAULT_PROVIDER;
      yield* objectsOf(file, prefix, (bytes) => {
        this.#readBytes += bytes;
      });
    }
  }

  async #measure(): Promise<void> {
    let bytes = 0;
    for await (const { sizeBytes } of this.#each()) bytes += sizeBytes;
    this.#allBytes = bytes;
  }

  #each(): AsyncGenerator<ImportFile> {
    return importFiles(this.#path, this.#options);
  }
}
