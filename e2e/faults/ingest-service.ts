/**
 * The function as Lambda runs it, on events of a queue: the bundled handler in a process of its own, started again when
 * it has ended. Its bucket is a small server of this process.
 *
 * Events are what queues make of them: some objects are announced again with others, in any order, long after they were
 * taken in.
 */

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MovieStoreError, type ReceivedObject, updateIdOf } from "@movie-store/core";
import type { Random } from "@movie-store/core/testing";
import { bundleInto, IngestFunction } from "../lambda/ingest-function.ts";
import { RuntimeApi } from "../lambda/runtime-api.ts";
import type { Ingest } from "./writer.ts";

const TIMEOUT_MS = 20_000;
const ANNOUNCED_AGAIN = 3;
const REMEMBERED = 200;

interface Answer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export class IngestService implements Ingest {
  readonly #folder: string;
  readonly #runtime: RuntimeApi;
  readonly #bucket: Server;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #random: Random;
  readonly #objects = new Map<string, ReceivedObject>();
  #running: IngestFunction;
  #isStopped = false;

  private constructor(
    parts: { readonly folder: string; readonly runtime: RuntimeApi; readonly bucket: Server },
    environment: Readonly<Record<string, string>>,
    random: Random,
  ) {
    this.#folder = parts.folder;
    this.#runtime = parts.runtime;
    this.#bucket = parts.bucket;
    this.#environment = {
      ...environment,
      S3_ENDPOINT: `http://127.0.0.1:${(parts.bucket.address() as AddressInfo).port}`,
    };
    this.#random = random;
    parts.bucket.on("request", ({ url = "" }, response) => {
      const { pathname, searchParams } = new URL(url, "http://bucket");
      const object = this.#objects.get(`${pathname}/${searchParams.get("versionId")}`);
      if (object === undefined) response.writeHead(404).end();
      else response.writeHead(200, headersOf(object)).end(object.bytes);
    });
    this.#running = this.#start();
  }

  /** @returns the folder with the bundled function. */
  static async bundled(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "movie-store-function-"));
    await bundleInto(folder);
    return folder;
  }

  /**
   * @param folder with the bundled function, which goes with the service.
   * @param environment of the function: where MySQL and Redis are.
   */
  static async start(
    folder: string,
    environment: Readonly<Record<string, string>>,
    random: Random,
  ): Promise<IngestService> {
    const bucket = createServer().listen(0, "127.0.0.1");
    const [runtime] = await Promise.all([RuntimeApi.start(), once(bucket, "listening")]);
    return new IngestService({ folder, runtime, bucket }, environment, random);
  }

  /** @throws MovieStoreError `unavailable` when it was not acknowledged, so the queue would have it again. */
  async ingest(object: ReceivedObject) {
    this.#objects.delete(pathOf(object));
    const again = this.#random.some([...this.#objects.values()], this.#random.integer(ANNOUNCED_AGAIN));
    this.#objects.set(pathOf(object), object);
    const [oldest] = this.#objects.keys();
    if (this.#objects.size > REMEMBERED) this.#objects.delete(oldest as string);

    const announced = this.#random.shuffled([object, ...again]);
    const { exited } = this.#running;
    const ended = exited.then(() => {
      throw new MovieStoreError("unavailable", "the function has ended");
    });
    const answer = await Promise.race([this.#runtime.invoke(eventOf(announced), TIMEOUT_MS), ended]).catch(
      (cause: unknown) => {
        throw new MovieStoreError("unavailable", `the function has failed: ${cause}`, { cause });
      },
    );
    const { batchItemFailures } = answer as Answer;
    if (batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === pathOf(object))) {
      throw new MovieStoreError("unavailable", "the function returned it");
    }
    return { updateId: updateIdOf(object, ""), verdict: "accepted" } as const;
  }

  /** kill -9; another one takes its place. */
  async kill(): Promise<void> {
    await this.#running.kill();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running.kill();
    await this.#runtime.close();
    this.#bucket.closeAllConnections();
    this.#bucket.close();
    await rm(this.#folder, { recursive: true });
  }

  #start(): IngestFunction {
    const { address } = this.#runtime;
    const started = IngestFunction.start({ folder: this.#folder, address, environment: this.#environment });
    void started.exited.then(() => {
      if (!this.#isStopped) this.#running = this.#start();
    });
    return started;
  }
}

function pathOf({ bucket, key, versionId }: ReceivedObject): string {
  return `/${bucket}/${key}/${versionId}`;
}

function headersOf({ eventTimeMs, versionId, bytes }: ReceivedObject) {
  return {
    "Content-Length": bytes.length,
    "Last-Modified": new Date(eventTimeMs).toUTCString(),
    "x-amz-version-id": versionId,
  };
}

function eventOf(objects: readonly ReceivedObject[]): unknown {
  const Records = objects.map((object) => {
    const { bucket, key, versionId, eventTimeMs } = object;
    const s3 = { bucket: { name: bucket }, object: { key, versionId } };
    const eventTime = new Date(eventTimeMs).toISOString();
    const created = {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      eventTime,
      s3,
    };
    return {
      messageId: pathOf(object),
      body: JSON.stringify({ Records: [created] }),
      attributes: { ApproximateReceiveCount: "1" },
      eventSource: "aws:sqs",
    };
  });
  return { Records };
}
