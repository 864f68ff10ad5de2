/** The same texts through Koa and its router, with nothing else. */

import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import Router from "@koa/router";
import Koa from "koa";

const answers = new Map(
  Object.entries(JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as object),
);
const router = new Router();
router.get("/v1/movies", (ctx) => {
  ctx.type = "application/json; charset=utf-8";
  ctx.body = answers.get(ctx.url) as string;
});
const app = new Koa();
app.use(router.routes());
const server = app.listen(0, "127.0.0.1", () =>
  console.error(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
