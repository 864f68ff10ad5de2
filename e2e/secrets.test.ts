/** Passwords and keys of the configuration are in nothing that the real program says, whatever goes wrong. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { freePort } from "../tools/services/free-port.ts";

const MAIN = resolve(import.meta.dirname, "../packages/http-koa/src/main.ts");
const PASSWORD = "hunter2-of-mysql%21";
const REDIS_PASSWORD = "hunter2-of-redis%40";
const KEY = "hunter2-of-the-web";
const OTHER_KEY = "hunter2-of-nobody";
/** As they are written in the environment, and as they are. */
const SECRETS = [PASSWORD, REDIS_PASSWORD]
  .flatMap((text) => [text, decodeURIComponent(text)])
  .concat(KEY, OTHER_KEY);

interface Spoken {
  /** Everything so far, of both outputs. */
  text: string;
  readonly url: Promise<string>;
  readonly exit: Promise<number | null>;
}

function start(environment: NodeJS.ProcessEnv): Spoken {
  const child = spawn(process.execPath, ["--conditions=@movie-store/source", MAIN], {
    env: { ...process.env, PORT: "0", HOST: "127.0.0.1", LOG_LEVEL: "trace", NODE_DEBUG: "", ...environment },
  });
  const listening = Promise.withResolvers<string>();
  const exit = once(child, "exit").then(([code]) => code as number | null);
  const spoken: Spoken = { text: "", url: listening.promise, exit };
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      spoken.text += `${line}\n`;
      const url = /"url":"([^"]+)"/.exec(line)?.[1];
      if (url !== undefined) listening.resolve(url);
    });
  }
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  return spoken;
}

/** Asks until the program has said what it meets. */
async function answersUntil(spoken: Spoken, isSaid: RegExp): Promise<string> {
  const url = await spoken.url;
  const headers = { Authorization: `Bearer ${KEY}` };
  let answers = "";
  while (!isSaid.test(spoken.text)) {
    for (const path of ["/v1/movies", "/v1/genres", "/health/ready", "/metrics"]) {
      const response = await fetch(url + path, { headers });
      answers += `${[...response.headers].join("\n")}\n${await response.text()}\n`;
    }
    answers += await (await fetch(`${url}/v1/movies`, { headers: { "X-Api-Key": OTHER_KEY } })).text();
    answers += await (await fetch(`${url}/v1/movies?api_key=${OTHER_KEY}`, { headers })).text();
    await pause(20);
  }
  return answers;
}

function expectNoSecret(text: string): void {
  expect(text).not.toBe("");
  for (const secret of SECRETS) expect(text).not.toContain(secret);
}

const API_KEYS = `web:${KEY}`;
const mysqlUrl = inject("mysqlUrl");
const redisUrl = inject("redisUrl");

describe("no secret is in a log line, an answer or a metric", () => {
  test("where nobody answers at the addresses of MySQL and Redis", { timeout: 60_000 }, async () => {
    const spoken = start({
      API_KEYS,
      MYSQL_URL: `mysql://store:${PASSWORD}@127.0.0.1:${await freePort()}/films`,
      REDIS_URL: `redis://:${REDIS_PASSWORD}@127.0.0.1:${await freePort()}`,
    });
    const answers = await answersUntil(
      spoken,
      /request turned away[\s\S]*Redis is not used|Redis is not used[\s\S]*request turned away/,
    );
    expect(answers).toContain('"code":"unavailable"');
    expectNoSecret(answers);
    expectNoSecret(spoken.text);
  });

  test.skipIf(mysqlUrl === undefined || redisUrl === undefined)(
    "where MySQL and Redis refuse the password",
    { timeout: 60_000 },
    async () => {
      const [mysql, redis] = [new URL(mysqlUrl as string), new URL(redisUrl as string)];
      const spoken = start({
        API_KEYS,
        MYSQL_URL: `mysql://stranger:${PASSWORD}@${mysql.host}/films`,
        REDIS_URL: `redis://stranger:${REDIS_PASSWORD}@${redis.host}`,
      });
      const answers = await answersUntil(
        spoken,
        /Access denied[\s\S]*Redis is not used|Redis is not used[\s\S]*Access denied/,
      );
      expectNoSecret(answers);
      expectNoSecret(spoken.text);
    },
  );

  test.each<[string, NodeJS.ProcessEnv]>([
    ["a URL of MySQL that is none", { MYSQL_URL: `mysql//store:${PASSWORD}@db` }],
    ["a URL of MySQL with an unknown parameter", { MYSQL_URL: `mysql://s:${PASSWORD}@db/films?x=1` }],
    ["a URL of Redis that is none", { REDIS_URL: `redis/:${REDIS_PASSWORD}@cache` }],
    ["keys that are not written as they should be", { API_KEYS: `${KEY},:${OTHER_KEY}` }],
  ])("where the program refuses to start because of %s", { timeout: 30_000 }, async (_, environment) => {
    const spoken = start(environment);
    expect(await spoken.exit).toBe(1);
    expect(spoken.text).toContain(Object.keys(environment)[0]);
    expectNoSecret(spoken.text);
  });
});
