import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogger, logInfo } from "./logger.ts";

const FIELDS = {
  requestId: "one",
  traceId: undefined,
  path: '/v1/movies/"\\\n\u2028é',
  query: "title=\ud83d\ude00",
  status: 200,
  ms: 0.25,
  aborted: true,
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 10, 25, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a line of logInfo is the one that the logger itself writes", () => {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => lines.push(line) });
  for (let time = 0; time < 2; time++) {
    log.info(FIELDS, 'a "request"');
    logInfo(log, FIELDS, 'a "request"');
    vi.advanceTimersByTime(1);
  }
  expect(lines[1]).toBe(lines[0]);
  expect(lines[3]).toBe(lines[2]);
  expect(lines.map((line) => JSON.parse(line).time)).toEqual(
    ["00.000", "00.000", "00.001", "00.001"].map((seconds) => `2026-11-25T12:00:${seconds}Z`),
  );
});

test("logInfo writes nothing where the level is above it", () => {
  const lines: string[] = [];
  logInfo(createLogger("warn", { write: (line) => lines.push(line) }), FIELDS, "request");
  expect(lines).toEqual([]);
});

test("logInfo writes with a logger that was made of another as that does", () => {
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => lines.push(line) }).child({ part: "one" });
  logInfo(log, FIELDS, "request");
  expect(JSON.parse(lines[0] as string)).toMatchObject({ part: "one", requestId: "one", msg: "request" });
});
