import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type RedisEvent, RedisInvalidationChannel } from "./index.ts";
import { cached, fill, OpenedCaches } from "./testing/opened-caches.ts";
import { REDIS_PROGRAM, RedisProcess } from "./testing/redis-process.ts";

const OPENSSL = "openssl";
const hasOpenssl = spawnSync(OPENSSL, ["version"]).error === undefined;

describe.skipIf(REDIS_PROGRAM === undefined)("with a server on PATH that asks who comes", () => {
  let server: RedisProcess;
  let opened: OpenedCaches;

  beforeEach(async () => {
    server = await RedisProcess.start();
    opened = new OpenedCaches({ heartbeatMs: 250 });
  });
  afterEach(async () => {
    await opened.close();
    await server.remove();
  });

  const urlWith = (credentials: string) => server.url.replace("//", `//${credentials}@`);

  test("a user with the documented rights is enough for cache and channel", async () => {
    const commands = "hello info mget get set del publish subscribe".split(" ").map((name) => `+${name}`);
    const own = [`~${opened.prefix}:*`, `&${opened.prefix}:*`];
    await server.operator.acl("SETUSER", "store", "on", ">p@ss/word", ...own, ...commands);
    const url = urlWith("store:p%40ss%2Fword");
    const { cache, events } = await opened.open(url);
    await fill(cache, "film", ["a"], "Heat");
    expect(await cached(cache, "film", ["a"])).toBe("Heat");
    const channel = RedisInvalidationChannel.open({ url, prefix: opened.prefix });
    const told: (readonly string[])[] = [];
    await new Promise<void>((onLive) => {
      channel.listen({ onLive, onGap() {}, onTags: (tags) => told.push(tags) });
    });
    expect(await cache.invalidate(["a"])).toBe(true);
    await vi.waitFor(() => expect(told).toEqual([["a"]]));
    await channel.close();
    expect(events).toEqual([{ connection: "cache", isUp: true }]);
  });

  test("a wrong password makes every get a miss, and is in no event", async () => {
    await server.operator.config("SET", "requirepass", "right");
    const { cache, events } = await opened.open(urlWith(":hunter2"));
    expect(await cached(cache, "film", ["a"])).toBeUndefined();
    expect(await cache.invalidate(["a"])).toBe(false);
    expect(events).toMatchObject([{ isUp: false, reason: expect.stringContaining("WRONGPASS") }]);
    expect(JSON.stringify(events)).not.toContain("hunter2");
    await server.operator.config("SET", "requirepass", "hunter2");
    await vi.waitFor(() => expect(events.at(-1)).toEqual({ connection: "cache", isUp: true }), 10_000);
  });

  test("a server in cluster mode is refused with the reason", async () => {
    const cluster = await RedisProcess.start(["--cluster-enabled", "yes"]);
    try {
      const { events } = await opened.open(cluster.url);
      expect(events).toEqual([{ connection: "cache", isUp: false, reason: "the server is in cluster mode" }]);
    } finally {
      await cluster.remove();
    }
  });
});

describe.skipIf(REDIS_PROGRAM === undefined || !hasOpenssl)("with a server and openssl on PATH", () => {
  const trusted = getCACertificates("default");
  let folder: string;
  let server: RedisProcess;
  let opened: OpenedCaches;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "movie-store-tls-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const request =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost";
    const made = spawnSync(OPENSSL, [
      ...request.split(" "),
      ...["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
    ]);
    expect(made.status, made.stderr.toString()).toBe(0);
    const tls = ["--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert];
    server = await RedisProcess.start();
    await server.operator.config(
      "SET",
      ...tls.map((each) => each.replace("--", "")),
      "tls-auth-clients",
      "no",
    );
    await server.operator.config("SET", "port", "0", "tls-port", `${server.port}`);
    opened = new OpenedCaches({ heartbeatMs: 250 });
  });
  afterEach(async () => {
    setDefaultCACertificates(trusted);
    await opened.close();
    await server.remove();
    await rm(folder, { recursive: true });
  });

  test("a certificate is taken only if an authority that is trusted has signed it, and for its own name", async () => {
    const events: RedisEvent[] = [];
    const url = `rediss://localhost:${server.port}`;
    const { events: unknown } = await opened.open(url);
    expect(unknown).toMatchObject([{ isUp: false, reason: expect.stringContaining("self-signed") }]);
    setDefaultCACertificates([...trusted, readFileSync(join(folder, "cert.pem"), "utf8")]);
    const { events: misnamed } = await opened.open(url.replace("localhost", "127.0.0.1"));
    expect(misnamed).toMatchObject([{ isUp: false, reason: expect.stringContaining("127.0.0.1") }]);
    const { cache } = await opened.open(url, { onEvent: (event) => events.push(event) });
    expect(events).toEqual([{ connection: "cache", isUp: true }]);
    await fill(cache, "film", ["a"], "Heat");
    expect(await cached(cache, "film", ["a"])).toBe("Heat");
  });
});
