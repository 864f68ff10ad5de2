/** What a real service seldom does, or never on demand: done by a small server of ours. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MovieStoreError, type Receipt, receiptAnswer } from "@movie-store/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { S3ReceiptWriter, type S3ReceiptWriterOptions } from "./receipt-writer.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Sent {
  readonly method: string | undefined;
  readonly url: URL;
  readonly body: string;
}

const WITHIN_MS = 20_000;

let server: Server;
let answer: Answer;
let sent: Sent[];
let settledReceipts: (receipts: readonly Receipt[]) => Promise<readonly Receipt[]>;
let writer: S3ReceiptWriter;

beforeEach(async () => {
  sent = [];
  answer = (_, response) => response.end();
  settledReceipts = async (receipts) => receipts;
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      sent.push({ method: request.method, url: new URL(request.url ?? "", "http://films"), body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  writer = open();
});

function open(options: Partial<S3ReceiptWriterOptions> = {}): S3ReceiptWriter {
  return new S3ReceiptWriter({
    store: { settledReceipts: (receipts) => settledReceipts(receipts) },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    attempts: 1,
    ...options,
  });
}

afterEach(async () => {
  await writer.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function receiptOf(name: string, more: Partial<Receipt> = {}): Receipt {
  return {
    ...{ updateId: `u${name}`, verdict: "accepted", provider: "acme", bucket: "films" },
    ...{ key: `providers/acme/${name}`, versionId: "v1", changes: [1] },
    ...{ eventTimeMs: 1_000, receivedAtMs: 2_000, readableAtMs: 3_000 },
    ...more,
  };
}

const three = ["1.json", "2.json", "3.json"].map((name) => receiptOf(name));

function failure(status: number, code: string): Answer {
  return (_, response) => {
    response.writeHead(status, { "Content-Type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  };
}

function page(keys: readonly string[], isTruncated: boolean, dated = "2024-04-20T12:00:00.000Z"): Answer {
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${dated}</LastModified></Contents>`,
  );
  return (_, response) => {
    response.writeHead(200, { "Content-Type": "application/xml" });
    response.end(
      `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${contents.join("")}</ListBucketResult>`,
    );
  };
}

describe("a receipt", () => {
  test("is put under its key as the API answers it", async () => {
    const receipt = receiptOf("a b+c %.json");
    expect(await writer.write([receipt], WITHIN_MS)).toEqual({ written: 1, failed: 0 });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.method).toBe("PUT");
    expect(sent[0]?.url.pathname).toBe("/films/receipts/acme/a%20b%2Bc%20%25.json/v1.json");
    expect(sent[0]?.body).toContain(JSON.stringify(receiptAnswer(receipt)));
  });

  test("of an object of the original is put into the replica", async () => {
    await writer.close();
    writer = open({ replica: { bucket: "films-2", of: "films" } });
    await writer.write([receiptOf("1.json")], WITHIN_MS);
    answer = page([], false);
    await writer.writeMissing([receiptOf("1.json")], WITHIN_MS);
    const targets = sent.map(({ method, url }) => `${method} ${url.pathname}`);
    const put = "PUT /films-2/receipts/acme/1.json/v1.json";
    expect(targets).toEqual([put, expect.stringMatching("^GET /films-2/?$"), put]);
    expect(sent[0]?.body).toContain('"bucket":"films"');
  });

  test("of an object whose key names no provider is not put, and does not count", async () => {
    const rejection = { code: "bad-key", reason: "the key names no provider" } as const;
    const receipt = receiptOf("1.json", { provider: "", verdict: "rejected", rejection });
    expect(await writer.write([receipt], WITHIN_MS)).toEqual({ written: 0, failed: 0 });
    expect(await writer.writeMissing([receipt], WITHIN_MS)).toEqual({ written: 0, failed: 0 });
    expect(sent).toEqual([]);
  });

  test("of a second delivery is not put over the first one's, in the same batch or later", async () => {
    const [receipt, other] = three as [Receipt, Receipt];
    const again = { ...receipt, verdict: "duplicate" } as const;
    settledReceipts = async () => [receipt, other];
    answer = (request, response) =>
      request.method === "PUT"
        ? void response.end()
        : page(["receipts/acme/2.json/v1.json"], false)(request, response);
    const batch = [again, receipt, { ...other, verdict: "duplicate" } as const];
    expect(await writer.write(batch, WITHIN_MS)).toEqual({ written: 1, failed: 0 });
    expect(sent.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      "PUT /films/receipts/acme/1.json/v1.json",
      "GET /films/",
    ]);
  });

  test("of what was read again is put over the one that is there, whatever it says", async () => {
    const duplicates = three.map((receipt) => ({ ...receipt, verdict: "duplicate" }) as const);
    expect(await writer.rewrite(duplicates, WITHIN_MS)).toEqual({ written: 3, failed: 0 });
    expect(sent.map(({ method }) => method)).toEqual(["PUT", "PUT", "PUT"]);
  });

  test("is one of some that are put at a time, not of all", async () => {
    const held: ServerResponse[] = [];
    answer = (_, response) => held.push(response);
    const receipts = Array.from({ length: 40 }, (_, n) => receiptOf(`${n}.json`));
    const writing = writer.write(receipts, WITHIN_MS);
    await expect.poll(() => held.length).toBe(32);
    answer = (_, response) => response.end();
    for (const response of held) response.end();
    expect(await writing).toEqual({ written: 40, failed: 0 });
  });
});

describe("what can't be written", () => {
  test.each([
    ["no right", failure(403, "AccessDenied"), "AccessDenied"],
    ["no bucket", failure(404, "NoSuchBucket"), "NoSuchBucket"],
    ["a throttled service", failure(503, "SlowDown"), "SlowDown"],
    ["a broken connection", (_, response) => response.destroy(), "can't be written"],
  ] satisfies [string, Answer, string][])("for %s is counted, with the reason", async (_, given, reason) => {
    answer = given;
    expect(await writer.write(three, WITHIN_MS)).toMatchObject({
      ...{ written: 0, failed: 3 },
      error: { code: "unavailable", message: expect.stringContaining(reason) },
    });
    expect(sent).toHaveLength(3);
  });

  test("does not keep the others from it", async () => {
    const receipts = Array.from({ length: 40 }, (_, n) => receiptOf(`${n}.json`));
    answer = (request, response) =>
      request.url?.includes("/0.json/")
        ? failure(403, "AccessDenied")(request, response)
        : void response.end();
    expect(await writer.write(receipts, WITHIN_MS)).toMatchObject({ written: 39, failed: 1 });
  });

  test("for a store that can't say what it knows is counted too", async () => {
    settledReceipts = () => Promise.reject(new MovieStoreError("unavailable", "the database is down"));
    expect(await writer.write(three, WITHIN_MS)).toMatchObject({
      ...{ written: 0, failed: 3, error: { message: "the database is down" } },
    });
  });

  test("in its time leaves nothing under way, and nothing more is begun", async () => {
    const receipts = Array.from({ length: 40 }, (_, n) => receiptOf(`${n}.json`));
    let ended = 0;
    answer = (_, response) => response.on("close", () => ended++);
    expect(await writer.write(receipts, 300)).toMatchObject({ written: 0, failed: 40 });
    await expect.poll(() => ended).toBe(sent.length);
    expect(sent.length).toBeLessThanOrEqual(32);
  });

  test("in its time is given up, whoever does not answer", async () => {
    const timeIsUp = { code: "unavailable", message: "the time for writing receipts is up" };
    answer = () => {};
    expect(await writer.write(three, 50)).toMatchObject({ written: 0, failed: 3, error: timeIsUp });
    expect(await writer.writeMissing(three, 50)).toMatchObject({ written: 0, failed: 3, error: timeIsUp });
    settledReceipts = () => new Promise(() => {});
    expect(await writer.write(three, 50)).toMatchObject({ written: 0, failed: 3, error: timeIsUp });
  });

  test.each([0, -1_000, 0.5])("within %d ms is nothing but a count", async (withinMs) => {
    settledReceipts = () => new Promise(() => {});
    expect(await writer.write(three, withinMs)).toMatchObject({ written: 0, failed: 3 });
    expect(sent).toEqual([]);
  });

  test("because the writer is closed says so", async () => {
    answer = () => {};
    const writing = writer.write(three, WITHIN_MS);
    await expect.poll(() => sent.length).toBe(3);
    await writer.close();
    const closed = { written: 0, failed: 3, error: { code: "closed" } };
    expect(await writing).toMatchObject(closed);
    expect(await writer.write(three, WITHIN_MS)).toMatchObject(closed);
  });
});

describe("what is missing", () => {
  const keys = three.map(({ key }) => `receipts/${key.slice("providers/".length)}/v1.json`);

  test("is looked for page by page, from one wanted key to the next", async () => {
    const pages = [
      page(["receipts/acme/1.json/v0.json", "receipts/acme/1.json/v1.json"], true),
      page([keys[1] as string, "receipts/acme/20.json/v1.json"], true),
      page(["receipts/zenith/1.json/v1.json"], true),
    ];
    answer = (request, response) => {
      if (request.method === "PUT") response.end();
      else pages.shift()?.(request, response);
    };
    expect(await writer.writeMissing(three, WITHIN_MS)).toEqual({ written: 1, failed: 0 });
    const lists = sent.filter(({ method }) => method === "GET").map(({ url }) => url.searchParams);
    expect(lists.map((parameters) => parameters.get("start-after"))).toEqual([
      ...["receipts/acme/1.json/v1.jso", "receipts/acme/2.json/v1.jso", "receipts/acme/3.json/v1.jso"],
    ]);
    expect(lists.map((parameters) => parameters.get("prefix"))).toEqual(Array(3).fill("receipts/"));
    expect(sent.at(-1)?.url.pathname).toBe("/films/receipts/acme/3.json/v1.json");
  });

  test("goes on behind the page where that is further, and ends with the last page", async () => {
    const pages = [
      page([keys[0] as string, "receipts/acme/2.json/v1.jso!"], true),
      page([keys[1] as string], false),
    ];
    answer = (request, response) => {
      if (request.method === "PUT") response.end();
      else pages.shift()?.(request, response);
    };
    expect(await writer.writeMissing(three, WITHIN_MS)).toEqual({ written: 1, failed: 0 });
    const lists = sent.filter(({ method }) => method === "GET").map(({ url }) => url.searchParams);
    expect(lists.map((parameters) => parameters.get("start-after"))).toEqual([
      ...["receipts/acme/1.json/v1.jso", "receipts/acme/2.json/v1.jso!"],
    ]);
  });

  test("is also what was written a second or more before it came about", async () => {
    const dated = "1970-01-01T00:00:02.000Z";
    answer = (request, response) =>
      request.method === "PUT" ? void response.end() : page(keys, false, dated)(request, response);
    const receipts = [2_999, 3_000, 3_001].map((readableAtMs, at) => ({
      ...(three[at] as Receipt),
      readableAtMs,
    }));
    expect(await writer.writeMissing(receipts, WITHIN_MS)).toEqual({ written: 2, failed: 0 });
  });

  test("is in each of several buckets looked for by itself", async () => {
    answer = (request, response) =>
      request.method === "PUT" ? void response.end() : page([], false)(request, response);
    const receipts = [...three, receiptOf("1.json", { bucket: "other", updateId: "other" })];
    expect(await writer.writeMissing(receipts, WITHIN_MS)).toEqual({ written: 4, failed: 0 });
    const listed = sent.filter(({ method }) => method === "GET").map(({ url }) => url.pathname);
    expect(listed).toEqual(["/films/", "/other/"]);
  });

  test("is not written where it can't be listed", async () => {
    answer = failure(403, "AccessDenied");
    expect(await writer.writeMissing(three, WITHIN_MS)).toMatchObject({ written: 0, failed: 3 });
    expect(sent.map(({ method }) => method)).toEqual(["GET"]);
  });
});
