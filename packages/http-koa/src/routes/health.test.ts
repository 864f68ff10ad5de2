import { MovieStoreError } from "@movie-store/core";
import { expect, test } from "vitest";
import { startApi, TroubledRepository } from "../../test/running-api.ts";

test("a process is live without any back end", async () => {
  const troubled = new TroubledRepository();
  const api = await startApi({ repository: troubled.repository });
  troubled.before = async () => {
    throw new MovieStoreError("unavailable", "the disk is full");
  };
  const response = await api.get("/health/live");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: "live" });
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("a process is ready while its store answers", async () => {
  const troubled = new TroubledRepository();
  const api = await startApi({ repository: troubled.repository });
  expect((await api.get("/health/ready")).status).toBe(200);
  troubled.before = async () => {
    throw new MovieStoreError("unavailable", "the disk is full");
  };
  const response = await api.get("/health/ready");
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(await response.json()).toMatchObject({ code: "unavailable" });
});

test("a process is not ready when its store takes too long", async () => {
  const troubled = new TroubledRepository();
  const api = await startApi({ repository: troubled.repository, readyWithinMs: 20 });
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  troubled.before = () => released;
  expect((await api.get("/health/ready")).status).toBe(503);
  release();
  expect((await api.get("/health/ready")).status).toBe(200);
});
