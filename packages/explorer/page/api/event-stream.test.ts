import { describe, expect, test } from "vitest";
import { EventStreamReader } from "./event-stream.ts";

const STREAM = `retry: 1500
id: 7

: nobody has to read this
id: 8
event: created
data: {"number":8}

id:9
data:first
data: second

:

data: without an id of its own

data: never ended`;

const EVENTS = [
  { id: "8", data: '{"number":8}' },
  { id: "9", data: "first\nsecond" },
  { id: "9", data: "without an id of its own" },
];

describe("a stream of events", () => {
  test.each(["\n", "\r\n", "\r"])("is read with lines that end in %j", (end) => {
    const reader = new EventStreamReader();
    // Behind a lone carriage return a line feed may come, so the last line waits for what follows.
    expect(reader.read(STREAM.replaceAll("\n", end))).toEqual(EVENTS);
    expect(reader.retryMs).toBe(1500);
  });

  test.each(["\n", "\r\n", "\r"])("is the same in pieces of any size, with lines that end in %j", (end) => {
    const text = STREAM.replaceAll("\n", end);
    for (let size = 1; size < text.length; size++) {
      const reader = new EventStreamReader();
      const events = [];
      for (let at = 0; at < text.length; at += size) events.push(...reader.read(text.slice(at, at + size)));
      expect([size, events]).toEqual([size, EVENTS]);
    }
  });

  test("is not told to wait for what is no number", () => {
    const reader = new EventStreamReader();
    reader.read("retry: soon\n\n");
    expect(reader.retryMs).toBeUndefined();
  });
});
