import { MovieStoreError, type Receipt } from "@movie-store/core";
import { beforeEach, expect, test } from "vitest";
import { contextWith, film, messageOf, RunningIngest } from "../test/running-ingest.ts";
import type { ReceiptWriter } from "./write-receipts.ts";

interface Call {
  readonly receipts: readonly Receipt[];
  readonly withinMs: number;
  /** What was in the log by then. */
  readonly logged: readonly string[];
}

let calls: Call[];
let answer: Awaited<ReturnType<ReceiptWriter["write"]>>;
let ingest: RunningIngest;

beforeEach(() => {
  calls = [];
  answer = { written: 1, failed: 0 };
  const receiptWriter: ReceiptWriter = {
    write: async (receipts, withinMs) => {
      calls.push({ receipts, withinMs, logged: await ingest.verdicts() });
      return answer;
    },
  };
  ingest = new RunningIngest({ receiptWriter });
});

function message(name: string, content: string): object {
  return messageOf(name, [ingest.bucket.put(`providers/acme/${name}`, content)]);
}

test("receipts are written once a batch is in the log, with nothing of what comes again", async () => {
  const absent = { bucket: "films", key: "providers/acme/absent.json", versionId: "none" };
  const messages = [message("1.json", film("1")), message("2.json", "{"), messageOf("absent", [absent])];
  expect(await ingest.returned(messages)).toEqual(["absent"]);
  expect(calls).toHaveLength(1);
  expect(calls[0]?.logged).toEqual(["accepted", "bad-json"]);
  expect(calls[0]?.receipts.map(({ key, verdict }) => [key, verdict])).toEqual([
    ["providers/acme/1.json", "accepted"],
    ["providers/acme/2.json", "rejected"],
  ]);
});

test("what can't be written is told and counted, and the batch is done", async () => {
  const error = new MovieStoreError("unavailable", "the bucket can't be written: AccessDenied");
  answer = { written: 1, failed: 2, error };
  const messages = ["1", "2", "3"].map((id) => message(`${id}.json`, film(id)));
  expect(await ingest.returned(messages)).toEqual([]);
  expect(ingest.lines.filter(({ level }) => level === "warn")).toEqual([
    { level: "warn", message: "receipts are not in the bucket", more: { ...answer } },
  ]);
  expect(ingest.measured).toContainEqual(["ReceiptsWritten", 1]);
  expect(ingest.measured).toContainEqual(["ReceiptsFailed", 2]);
});

test("that none failed is measured too, and nothing is told", async () => {
  await ingest.returned([message("1.json", film("1"))]);
  expect(ingest.measured).toContainEqual(["ReceiptsFailed", 0]);
  expect(ingest.lines.filter(({ level }) => level === "warn")).toEqual([]);
});

test("they take five seconds at most, and no more than is left", async () => {
  await ingest.returned([message("1.json", film("1"))]);
  await ingest.returned([message("2.json", film("2"))], contextWith(3_000));
  expect(calls[0]?.withinMs).toBe(5_000);
  expect(calls[1]?.withinMs).toBeLessThanOrEqual(2_000);
});

test("an event of a receipt is done without a row in the log, and without a receipt of its own", async () => {
  const receipt = ingest.bucket.put("receipts/acme/1.json/v1.json", '{"updateId":"u"}');
  expect(await ingest.returned([messageOf("a", [receipt])])).toEqual([]);
  expect(await ingest.verdicts()).toEqual([]);
  expect(calls.flatMap(({ receipts }) => receipts)).toEqual([]);
});
