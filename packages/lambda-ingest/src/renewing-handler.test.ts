import { beforeEach, expect, test } from "vitest";
import { renewingHandler, SECRETS_HOLD_MS } from "./renewing-handler.ts";
import type { InvocationContext } from "./report.ts";
import type { Environment } from "./secrets.ts";

const NAMED = { REDIS_URL: "redis://cache", REDIS_SECRET: "token" };
const context = {} as InvocationContext;

let token: string | undefined;
let reads: number;
let nowMs: number;
/** What was opened and closed, in order. */
let calls: string[];

beforeEach(() => {
  [token, reads, nowMs, calls] = ["first", 0, 0, []];
});

function make(environment: Environment) {
  return renewingHandler({
    environment,
    clock: () => nowMs,
    readSecret: async () => {
      reads++;
      return token ?? Promise.reject(new Error("Secrets Manager is away"));
    },
    open: ({ REDIS_URL: url }) => {
      if (url?.includes("unfit")) throw new Error("no such password can be used");
      calls.push(`open ${url}`);
      return {
        handler: async () => {
          calls.push(`handle ${url}`);
          return undefined;
        },
        close: async () => {
          calls.push(`close ${url}`);
        },
      };
    },
  });
}

test("a password that has changed is taken up, and the old connections are closed first", async () => {
  const handler = await make(NAMED);
  token = "second";
  nowMs = SECRETS_HOLD_MS - 1;
  await handler({}, context);
  nowMs++;
  await handler({}, context);
  await handler({}, context);
  expect(calls).toEqual([
    "open redis://:first@cache",
    "handle redis://:first@cache",
    "close redis://:first@cache",
    "open redis://:second@cache",
    "handle redis://:second@cache",
    "handle redis://:second@cache",
  ]);
  expect(reads).toBe(2);
});

test("one that has not is asked for now and then, and nothing is opened again", async () => {
  const handler = await make(NAMED);
  for (let at = 0; at < 3; at++) {
    nowMs += SECRETS_HOLD_MS;
    await handler({}, context);
  }
  expect(reads).toBe(4);
  expect(calls.filter((call) => call.startsWith("open"))).toHaveLength(1);
});

test("while Secrets Manager is away, what is known goes on to be used", async () => {
  const handler = await make(NAMED);
  token = undefined;
  nowMs += SECRETS_HOLD_MS;
  await handler({}, context);
  expect(calls.at(-1)).toBe("handle redis://:first@cache");
});

test("a password with which nothing can be opened fails the call, and the next one tries again", async () => {
  const handler = await make(NAMED);
  token = "unfit";
  nowMs += SECRETS_HOLD_MS;
  await expect(handler({}, context)).rejects.toThrow("no such password");
  await expect(handler({}, context)).rejects.toThrow("no such password");
  token = "third";
  await handler({}, context);
  expect(calls.slice(-2)).toEqual(["open redis://:third@cache", "handle redis://:third@cache"]);
});

test("without it nothing begins", async () => {
  token = undefined;
  await expect(make(NAMED)).rejects.toThrow("Secrets Manager is away");
});

test("where no secret is named, Secrets Manager is never asked", async () => {
  const handler = await make({ REDIS_URL: "redis://cache" });
  nowMs += SECRETS_HOLD_MS;
  await handler({}, context);
  expect(reads).toBe(0);
  expect(calls).toEqual(["open redis://cache", "handle redis://cache"]);
});
