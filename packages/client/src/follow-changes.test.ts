import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HeldBody, problemAnswer } from "../test/scripted-api.ts";
import { type ChangesOptions, followChanges, type Place } from "./follow-changes.ts";
import { problemOf } from "./problem.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const event = (number: number) => `id: ${number}\nevent: created\ndata: {"number":${number}}\n\n`;
const beginning = (after: number) => `retry: 1000\nid: ${after}\n\n`;

/** Reads as an application does, over connections that are or fail as told; notes where each began, and when. */
function follow(connections: readonly (HeldBody | Error)[], options: ChangesOptions = {}) {
  const began: (string | undefined)[] = [];
  const beganMs: number[] = [];
  const numbers: number[] = [];
  const start = Date.now();
  const ended = (async () => {
    const connect = async (place: Place | undefined) => {
      beganMs.push(Date.now() - start);
      const connection =
        connections[began.push(place && [place.lastEventId, place.at].join(" ").trim()) - 1] ??
        new HeldBody();
      if (connection instanceof Error) throw connection;
      return connection.stream;
    };
    for await (const { number } of followChanges(connect, options)) numbers.push(number);
  })();
  const outcome = ended.catch((error: unknown) => error);
  return { began, beganMs, numbers, outcome };
}

it("goes on behind the last whole event when a connection breaks or ends", async () => {
  const broken = new HeldBody(beginning(4), event(5), event(6), "id: 7\ndata: {");
  const ended = new HeldBody(beginning(6), event(7));
  const { began, numbers } = follow([broken, ended, new HeldBody(beginning(7), event(8))]);
  await vi.advanceTimersByTimeAsync(0);
  broken.break();
  await vi.advanceTimersByTimeAsync(1_000);
  ended.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(numbers).toEqual([5, 6, 7, 8]);
  expect(began).toEqual([undefined, "6", "7"]);
});

it("comes back to where it began when it was cut off before the first event", async () => {
  const cutOff = new HeldBody(beginning(4));
  const { began } = follow([cutOff]);
  await vi.advanceTimersByTimeAsync(0);
  cutOff.break();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(began).toEqual([undefined, "4"]);
});

it("tells when the last change was made, so that a store that has lost it can say so", async () => {
  const dated = 'id: 5\nevent: created\ndata: {"number":5,"at":"2026-01-01T00:00:00.000Z"}\n\n';
  const [first, second] = [new HeldBody(beginning(4), dated), new HeldBody(beginning(5))];
  const { began } = follow([first, second]);
  await vi.advanceTimersByTimeAsync(0);
  first.break();
  await vi.advanceTimersByTimeAsync(1_000);
  second.break();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(began).toEqual([undefined, "5 2026-01-01T00:00:00.000Z", "5 2026-01-01T00:00:00.000Z"]);
});

it("takes a connection for dead on which nothing comes, and no other", async () => {
  const silent = new HeldBody(beginning(0));
  const { began } = follow([silent], { maxSilenceMs: 45_000 });
  for (let beat = 0; beat < 10; beat++) {
    await vi.advanceTimersByTimeAsync(30_000);
    silent.send(":\n\n");
  }
  expect(began).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(46_000);
  expect(began).toEqual([undefined, "0"]);
  expect(silent.isCancelled).toBe(true);
});

it("does not call a connection silent while the reader is busy", async () => {
  const body = new HeldBody(beginning(0), event(1), event(2));
  let connections = 0;
  const connect = async () => {
    connections++;
    return body.stream;
  };
  const changes = followChanges(connect, { maxSilenceMs: 1_000 });
  await changes.next();
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await changes.next()).value).toEqual({ number: 2 });
  expect(connections).toBe(1);
});

it("waits longer for each connection that fails, half a minute at most, and then as briefly as at first", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const first = new HeldBody(beginning(0));
  const away = Array.from({ length: 7 }, () => new TypeError("fetch failed"));
  const back = new HeldBody(beginning(0), event(1));
  const { beganMs, numbers } = follow([first, ...away, back]);
  await vi.advanceTimersByTimeAsync(0);
  first.break();
  await vi.advanceTimersByTimeAsync(121_000);
  expect(numbers).toEqual([1]);
  back.end();
  await vi.advanceTimersByTimeAsync(1_000);
  const waits = beganMs.slice(1).map((ms, at) => (ms - (beganMs[at] as number)) / 1_000);
  expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 1]);
});

it("throws when the first connection fails, for the address may be wrong", async () => {
  const { outcome, began } = follow([new TypeError("fetch failed")]);
  expect(await outcome).toEqual(new TypeError("fetch failed"));
  expect(began).toHaveLength(1);
});

it.each([
  [400, false],
  [401, false],
  [408, true],
  [429, true],
  [500, true],
  [503, true],
])("after a first connection, %i passes: %s", async (status, isPassing) => {
  const first = new HeldBody(beginning(0));
  const problem = await problemOf(problemAnswer(status, { code: "internal" }));
  const { outcome, numbers } = follow([first, problem, new HeldBody(event(1))]);
  await vi.advanceTimersByTimeAsync(0);
  first.end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(numbers).toEqual(isPassing ? [1] : []);
  if (!isPassing) expect(await outcome).toBe(problem);
});

it("throws for an event that is no change", async () => {
  const { outcome } = follow([new HeldBody(beginning(0), "id: 1\ndata: <html>\n\n")]);
  expect(await outcome).toBeInstanceOf(SyntaxError);
});

it("ends by the signal, also while it waits for the API", async () => {
  const stop = new AbortController();
  const first = new HeldBody(beginning(0));
  const { outcome } = follow([first], { signal: stop.signal });
  await vi.advanceTimersByTimeAsync(0);
  first.break();
  await vi.advanceTimersByTimeAsync(100);
  stop.abort("enough");
  expect(await outcome).toBe("enough");
});
