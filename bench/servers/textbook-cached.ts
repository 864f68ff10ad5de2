/** The rival for hits: Express with a cache aside in Redis, by URL and for five minutes: `<answers.json> <redis://…>`. */

import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import express from "express";
import { Redis } from "ioredis";

const TTL_SECONDS = 300;

const [answers, redisUrl] = process.argv.slice(2) as [string, string];
const database = JSON.parse(readFileSync(answers, "utf8")) as Record<string, string>;
const redis = new Redis(redisUrl, { keyPrefix: `textbook-bench-${process.pid}:` });

const app = express();
app.get("/v1/movies", async (request, response) => {
  let text = await redis.get(request.originalUrl);
  if (text === null) {
    text = database[request.originalUrl] as string;
    await redis.set(request.originalUrl, text, "EX", TTL_SECONDS);
  }
  response.type("json").send(text);
});
const server = app.listen(0, "127.0.0.1", () =>
  console.error(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
