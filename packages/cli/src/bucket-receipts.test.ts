import type { ReceiptSums, S3ReceiptWriter } from "@movie-store/adapters/s3";
import { MovieStoreError, type Receipt } from "@movie-store/core";
import { beforeEach, expect, test } from "vitest";
import { BucketReceipts } from "./bucket-receipts.ts";

interface Call {
  readonly method: "write" | "rewrite" | "writeMissing";
  readonly ids: readonly string[];
  readonly end: (sums: ReceiptSums) => void;
}

let calls: Call[];
let writer: Pick<S3ReceiptWriter, Call["method"]>;

beforeEach(() => {
  calls = [];
  const called = (method: Call["method"]) => (receipts: readonly Receipt[]) =>
    new Promise<ReceiptSums>((end) => {
      calls.push({ method, ids: receipts.map(({ updateId }) => updateId), end });
    });
  writer = { write: called("write"), rewrite: called("rewrite"), writeMissing: called("writeMissing") };
});

function receiptsOf(...ids: readonly string[]): readonly Receipt[] {
  return ids.map((updateId) => ({
    ...{ updateId, verdict: "accepted", provider: "acme", bucket: "films", key: "providers/acme/1.json" },
    ...{ eventTimeMs: 1_000, receivedAtMs: 2_000, changes: [] },
  }));
}

test("one batch is written while the next is taken in, and a third waits", async () => {
  const receipts = new BucketReceipts(writer);
  await receipts.add(receiptsOf("a"), receiptsOf("old"));
  let isAdded = false;
  const adding = receipts.add(receiptsOf("b")).then(() => {
    isAdded = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect([calls.length, isAdded]).toEqual([1, false]);
  calls[0]?.end({ written: 1, failed: 0 });
  await adding;
  calls[1]?.end({ written: 1, failed: 0 });
  expect(await receipts.end()).toEqual({ written: 2, failed: 0 });
  expect(calls.map(({ method, ids }) => [method, ids])).toEqual([
    ["write", ["a"]],
    ["write", ["b"]],
  ]);
});

test.each([
  ["again", "rewrite", ["new"]],
  ["missing", "writeMissing", ["old", "new"]],
] as const)("of what is wanted %s, %s is asked for %j", async (wanted, method, ids) => {
  const receipts = new BucketReceipts(writer, wanted);
  await receipts.add(receiptsOf("new"), receiptsOf("old"));
  calls[0]?.end({ written: 1, failed: 0 });
  await receipts.end();
  expect(calls).toMatchObject([{ method, ids }]);
});

test("failures are told batch by batch, and summed up with the first reason", async () => {
  const told: ReceiptSums[] = [];
  const receipts = new BucketReceipts(writer, "new", (sums) => told.push(sums));
  const sums = ["first", "second"].map((reason, at) => ({
    ...{ written: at, failed: 2, error: new MovieStoreError("unavailable", reason) },
  }));
  for (const each of sums) {
    await receipts.add(receiptsOf("a", "b"));
    calls.at(-1)?.end(each);
  }
  expect(await receipts.end()).toMatchObject({ written: 1, failed: 4, error: { message: "first" } });
  expect(told).toEqual(sums);
});
