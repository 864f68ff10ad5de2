/** The handler on a store and a bucket in memory, with everything it says kept. */

import {
  MemoryMovieRepository,
  MemoryUpdateSource,
  MovieStore,
  type ObjectAddress,
  type UpdateSource,
} from "@movie-store/core";
import { loadConfig } from "../src/config.ts";
import { createContainer, type Replacements } from "../src/container.ts";
import { createHandler, type Handler } from "../src/create-handler.ts";
import type { InvocationContext, Log, Measures } from "../src/report.ts";

export const BUCKET = "films";
export const NOW_MS = Date.UTC(2024, 3, 20, 12);

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly more: Readonly<Record<string, unknown>>;
}

export class RunningIngest {
  readonly bucket = new MemoryUpdateSource({ bucket: BUCKET, clock: () => NOW_MS - 60_000 });
  readonly repository = new MemoryMovieRepository();
  /** For looking at what the handler has done. */
  readonly store = new MovieStore({ repository: this.repository, cache: null });
  readonly lines: LogLine[] = [];
  readonly log = recordingLog(this.lines);
  readonly measured: (readonly [name: string, value: number])[] = [];
  readonly handler: Handler;
  /** How often it would have ended its process. */
  ends = 0;

  constructor(replacements: Replacements = {}) {
    const container = createContainer(loadConfig({ MYSQL_URL: "mysql://nobody@localhost/none" }), {
      logger: this.log,
      metrics: recordingMeasures(this.measured),
      clock: () => NOW_MS,
      repository: this.repository,
      source: this.bucket,
      ...replacements,
    });
    this.handler = createHandler(container, () => {
      this.ends++;
    });
  }

  /** The ids of the messages that the handler returns. */
  async returned(messages: readonly object[], context = contextWith(30_000)): Promise<readonly string[]> {
    const answer = await this.handler({ Records: messages }, context);
    return answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  }

  /** The verdicts in the log of the store, oldest first. */
  async verdicts(): Promise<readonly string[]> {
    const receipts = await this.store.receipts({ limit: 1_000 });
    return receipts.toReversed().map(({ verdict, rejection }) => rejection?.code ?? verdict);
  }
}

export function contextWith(remainingMs: number): InvocationContext {
  return {
    awsRequestId: "request",
    functionName: "ingest",
    functionVersion: "1",
    invokedFunctionArn: "arn",
    memoryLimitInMB: "256",
    getRemainingTimeInMillis: () => remainingMs,
  };
}

/** A message with an event of Amazon S3 for these objects. */
export function messageOf(id: string, addresses: readonly ObjectAddress[], receiveCount = 1): object {
  return messageWith(id, JSON.stringify({ Records: addresses.map(recordOf) }), receiveCount);
}

export function messageWith(id: string, body: string, receiveCount = 1): object {
  const attributes = { ApproximateReceiveCount: `${receiveCount}` };
  return { eventSource: "aws:sqs", messageId: id, body, attributes };
}

export function recordOf({ bucket, key, versionId, sequencer, eventTimeMs = NOW_MS }: ObjectAddress): object {
  return {
    ...{ eventVersion: "2.1", eventSource: "aws:s3", eventName: "ObjectCreated:Put" },
    eventTime: new Date(eventTimeMs).toISOString(),
    s3: {
      bucket: { name: bucket },
      object: { key: encodeURIComponent(key).replaceAll("%20", "+"), versionId, sequencer },
    },
  };
}

/** A source that reads in another way than the bucket. */
export function readingBy(source: UpdateSource, read: UpdateSource["read"]): UpdateSource {
  return { read, list: (prefix) => source.list(prefix), close: () => source.close() };
}

export function film(id: string, more: object = {}): string {
  return JSON.stringify({ id, title: `Film ${id}`, year: 1995, ...more });
}

function recordingLog(lines: LogLine[]): Log {
  const writer = (level: string) => (message: string, more: LogLine["more"]) => {
    lines.push({ level, message, more });
  };
  return {
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
    addContext: () => {},
  };
}

function recordingMeasures(measured: (readonly [string, number])[]): Measures {
  return {
    addMetric: (name, _unit, value) => void measured.push([name, value]),
    publishStoredMetrics: () => {},
  };
}
