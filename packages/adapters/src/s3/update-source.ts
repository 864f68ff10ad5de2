/** UpdateSource on an Amazon S3 bucket, or one that speaks its language. */

import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import {
  MAX_OBJECT_BYTES,
  MovieStoreError,
  type ObjectAddress,
  type ReceivedObject,
  type UpdateSource,
} from "@movie-store/core";
import { readBody } from "./body.ts";
import { openClient, type S3ConnectionOptions } from "./client.ts";
import { mapS3Error, saysGone } from "./errors.ts";
import { listVersions, NO_VERSION_ID } from "./list-versions.ts";
import { bucketOfName, nameInLog, type Replica } from "./replica.ts";

export interface S3UpdateSourceOptions extends S3ConnectionOptions {
  /** What `list` lists. `read` goes to the bucket that the address names. */
  readonly bucket?: string;
  /** How long a read, or one page of a list, may take with all its attempts; milliseconds, default 10,000. */
  readonly deadlineMs?: number;
}

/**
 * One version of an object is one update, and in a bucket with versioning every version is kept, read and listed. In
 * one without, an update that is overwritten before it was read is lost, and an object that was told by an event and
 * then by a listing is read twice and found to be a duplicate: use versioning. What lies in `receipts/` is no update,
 * and never listed.
 *
 * What is read is dated by the object's `Last-Modified`, whole seconds, whatever the message says that named it. The
 * sequencer is that of the message; what is read from a replica has none, as it would be compared with those of the
 * original. Needs the rights s3:GetObject, s3:GetObjectVersion, s3:ListBucket and
 * s3:ListBucketVersions.
 *
 * @example
 * ```ts
 * import { MemoryMovieRepository, MovieStore } from "@movie-store/core";
 * import { S3UpdateSource } from "@movie-store/adapters/s3";
 *
 * const store = new MovieStore({ repository: new MemoryMovieRepository() });
 * const bucket = new S3UpdateSource({ bucket: "films", region: "eu-central-1" });
 * const { listed, known } = await store.ingestFrom(bucket, "providers/acme/");
 * await bucket.close();
 * ```
 */
export class S3UpdateSource implements UpdateSource {
  readonly #client: S3Client;
  readonly #bucket: string | undefined;
  readonly #replica: Replica | undefined;
  readonly #deadlineMs: number;
  readonly #attempts: number;
  readonly #closing = new AbortController();

  constructor(options: S3UpdateSourceOptions = {}) {
    this.#bucket = options.bucket;
    this.#replica = options.replica;
    this.#deadlineMs = options.deadlineMs ?? 10_000;
    this.#attempts = options.attempts ?? 3;
    this.#client = openClient(options);
  }

  async read(named: ObjectAddress): Promise<ReceivedObject> {
    const address = this.#inLog(named);
    return this.#call(async (signal) => {
      for (let attempt = 1; ; attempt++) {
        const answer = await this.#get(address, signal);
        if (answer === undefined) return goneObject(address);
        try {
          return await receivedObject(address, answer, signal);
        } catch (error) {
          // The client repeats a request only until its answer begins.
          if (attempt >= this.#attempts || signal.aborted) throw error;
        }
      }
    });
  }

  async *list(prefix: string): AsyncGenerator<ObjectAddress> {
    if (this.#bucket === undefined) {
      throw new MovieStoreError("invalid-argument", "there is no bucket to list", { field: "bucket" });
    }
    this.#open();
    const bucket = bucketOfName(this.#bucket, this.#replica);
    for await (const address of listVersions(this.#client, bucket, prefix, (work) => this.#call(work))) {
      yield this.#inLog(address);
      this.#open();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#client.destroy();
  }

  #inLog(address: ObjectAddress): ObjectAddress {
    const bucket = nameInLog(address.bucket, this.#replica);
    if (bucket !== this.#replica?.of) return address;
    const { sequencer: _, ...rest } = address;
    return { ...rest, bucket };
  }

  async #get(address: ObjectAddress, abortSignal: AbortSignal): Promise<GetObjectCommandOutput | undefined> {
    const { bucket, key, versionId } = address;
    const input = {
      ...{ Bucket: bucketOfName(bucket, this.#replica), Key: key },
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    };
    try {
      return await this.#client.send(new GetObjectCommand(input), { abortSignal });
    } catch (error) {
      if (saysGone(error)) return undefined;
      throw error;
    }
  }

  async #call<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#open();
    try {
      return await work(AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#deadlineMs)]));
    } catch (error) {
      this.#open();
      throw mapS3Error(error);
    }
  }

  #open(): void {
    if (this.#closing.signal.aborted) throw new MovieStoreError("closed", "the source has been closed");
  }
}

async function receivedObject(
  address: ObjectAddress,
  answer: GetObjectCommandOutput,
  signal: AbortSignal,
): Promise<ReceivedObject> {
  const { Body, ContentLength, LastModified } = answer;
  const options = { announcedBytes: ContentLength, maxBytes: MAX_OBJECT_BYTES, signal };
  const bytes = Body === undefined ? new Uint8Array() : await readBody(Body as Readable, options);
  if (LastModified === undefined) {
    throw new MovieStoreError("unavailable", "the bucket does not say when the object was written");
  }
  const versionId = versionIdOf(answer.VersionId ?? address.versionId);
  const common = { ...unversioned(address), ...versionId, eventTimeMs: LastModified.getTime() };
  if (bytes !== undefined) return { ...common, bytes };
  const length = ContentLength === undefined ? "more" : `${ContentLength}`;
  const reason = `an object has at most ${MAX_OBJECT_BYTES} bytes, this one ${length}`;
  return { ...common, bytes: new Uint8Array(), fault: { code: "too-large", reason } };
}

function goneObject(address: ObjectAddress): ReceivedObject {
  const fault = { code: "gone", reason: "the object no longer existed when it was to be read" } as const;
  const { eventTimeMs = 0, versionId } = address;
  return { ...unversioned(address), ...versionIdOf(versionId), eventTimeMs, bytes: new Uint8Array(), fault };
}

function unversioned({ bucket, key, sequencer }: ObjectAddress): Omit<ObjectAddress, "versionId"> {
  return { bucket, key, ...(sequencer === undefined ? {} : { sequencer }) };
}

function versionIdOf(versionId: string | undefined): { readonly versionId?: string } {
  return versionId === undefined || versionId === NO_VERSION_ID ? {} : { versionId };
}
