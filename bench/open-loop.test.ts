import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { offerLoad } from "./open-loop.ts";

async function listening(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const LOAD = { urls: ["/a", "/b?title='c'", "/c"], perSecond: 1_000, seconds: 0.03 };

test("requests go out whether or not earlier ones were answered", async () => {
  const waiting: ServerResponse[] = [];
  await using server = await listening((_, response) => {
    // Who waits for an answer before the next request waits for ever.
    if (waiting.push(response) === 30) for (const each of waiting) each.end();
  });
  expect(await offerLoad({ ...LOAD, base: server.base })).toHaveLength(30);
});

test("a stand-still counts for every request that was due in it, from when it was due", async () => {
  let stoodMs = 0;
  await using server = await listening((_, response) => {
    // Generator and server are one process here, so neither does anything for so long.
    const beganMs = performance.now();
    while (stoodMs === 0 && performance.now() - beganMs < 100);
    stoodMs ||= performance.now() - beganMs;
    response.end();
  });
  const times = await offerLoad({ ...LOAD, base: server.base });
  // All thirty were due within 30 of the 100 ms.
  expect(times.filter((time) => time > 60)).toHaveLength(30);
});

test("the URLs are asked for in turn, as they are written", async () => {
  const asked = new Map<string, number>();
  await using server = await listening((request, response) => {
    asked.set(request.url ?? "", (asked.get(request.url ?? "") ?? 0) + 1);
    response.end();
  });
  await offerLoad({ ...LOAD, base: server.base });
  expect(Object.fromEntries(asked)).toEqual({ "/a": 10, "/b?title='c'": 10, "/c": 10 });
});

test("an answer that is no 200 ends the measurement", async () => {
  await using server = await listening((_, response) => response.writeHead(503).end());
  await expect(offerLoad({ ...LOAD, base: server.base })).rejects.toThrow("503");
});
