import type { ReceiptAnswer } from "@movie-store/core";
import { expect, test } from "vitest";
import { countsOf, delayFromWriting, delayInStore, sumsByProvider } from "./sums.ts";

const RECEIPT: ReceiptAnswer = {
  updateId: "u",
  verdict: "accepted",
  provider: "acme",
  bucket: "films",
  key: "providers/acme/1.json",
  eventTime: "2026-01-01T00:00:00.000Z",
  receivedAt: "2026-01-01T00:00:01.000Z",
  readableAt: "2026-01-01T00:00:01.200Z",
  changes: [1],
};
const { readableAt: _, ...NEVER_READABLE } = RECEIPT;
const REJECTED: ReceiptAnswer = { ...NEVER_READABLE, verdict: "rejected", provider: "zenith" };

test("verdicts are counted, all together and by provider", () => {
  const receipts = [REJECTED, RECEIPT, { ...RECEIPT, verdict: "superseded", receivedAt: "2025" } as const];
  expect(countsOf(receipts)).toEqual({ accepted: 1, superseded: 1, duplicate: 0, rejected: 1 });
  expect(sumsByProvider(receipts)).toEqual([
    {
      provider: "acme",
      counts: { accepted: 1, superseded: 1, duplicate: 0, rejected: 0 },
      lastAt: "2026-01-01T00:00:01.000Z",
    },
    {
      provider: "zenith",
      counts: { accepted: 0, superseded: 0, duplicate: 0, rejected: 1 },
      lastAt: "2026-01-01T00:00:01.000Z",
    },
  ]);
});

test("a delay goes from written, or from received, to readable; what is never readable has none", () => {
  expect(delayFromWriting([RECEIPT, REJECTED])).toEqual({ count: 1, medianMs: 1_200, longestMs: 1_200 });
  expect(delayInStore([RECEIPT, REJECTED])).toEqual({ count: 1, medianMs: 200, longestMs: 200 });
  expect(delayInStore([REJECTED])).toBeUndefined();
});

test("the median of an odd number of delays is the one in the middle", () => {
  const receipts = ["01.100", "01.900", "01.300"].map((time) => ({
    ...RECEIPT,
    readableAt: `2026-01-01T00:00:${time}Z`,
  }));
  expect(delayInStore(receipts)).toEqual({ count: 3, medianMs: 300, longestMs: 900 });
});

test("an object that lay in the bucket for long says nothing of the way", () => {
  const old = { ...RECEIPT, eventTime: "2025-12-30T23:59:59.000Z" };
  expect(delayFromWriting([old])).toBeUndefined();
  expect(delayFromWriting([old, RECEIPT])?.count).toBe(1);
});

test("a clock that runs ahead makes no delay less than none", () => {
  expect(delayFromWriting([{ ...RECEIPT, eventTime: "2026-01-01T00:00:05.000Z" }])?.medianMs).toBe(0);
});
