/** What the balancer and the program have to agree on without speaking of it. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type App, askApp } from "./app.ts";

/** After which balancers and gateways give up idle connections that they would use again: the default of many. */
const GIVEN_UP_SECONDS = 60;
/** After which a network balancer forgets a connection, without a word, unless the stack says otherwise. */
const FORGOTTEN_SECONDS = 350;

let app: App;

beforeAll(async () => {
  app = await askApp();
});

afterAll(() => app?.close());

function isAgreed(keepAliveSeconds: number, forgottenSeconds: number): boolean {
  return keepAliveSeconds > GIVEN_UP_SECONDS && keepAliveSeconds < forgottenSeconds;
}

it("the program keeps idle connections longer than who uses them again, and not until the balancer forgets them", () => {
  const stack = readFileSync(resolve(import.meta.dirname, "../../aws-stack/src/service/balancer.ts"), "utf8");
  const [, configured] = /idle_timeout\D*(\d+)|tcpIdleTimeout\D*(\d+)/.exec(stack) ?? [];
  expect(isAgreed(app.keepAliveSeconds, Number(configured ?? FORGOTTEN_SECONDS))).toBe(true);
});

it.each([
  ["a program with the default of Node", 5, FORGOTTEN_SECONDS],
  ["a program that never lets go", 3_600, FORGOTTEN_SECONDS],
  ["a balancer that forgets after a minute", 65, 60],
])("%s would not do", (_, keepAliveSeconds, forgottenSeconds) => {
  expect(isAgreed(keepAliveSeconds, forgottenSeconds)).toBe(false);
});
