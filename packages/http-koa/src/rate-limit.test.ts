import { describe, expect, test } from "vitest";
import { HEAT } from "../test/films.ts";
import { startApi } from "../test/running-api.ts";
import { networkOf, RateLimit } from "./rate-limit.ts";

function limitOf(perMinute: number, maxCallers?: number) {
  const time = { ms: 1_000 };
  const limit = new RateLimit({
    perMinute,
    clock: () => time.ms,
    ...(maxCallers === undefined ? {} : { maxCallers }),
  });
  const take = (caller = "a") => {
    try {
      return limit.take(caller)[1];
    } catch (error) {
      const { headers } = error as { readonly headers: readonly string[] };
      return `${headers[0]} ${headers[1]}`;
    }
  };
  return { limit, take, time };
}

describe("a rate limit", () => {
  test("lets so many through at once, and then one each time that a token has come", () => {
    const { take, time } = limitOf(3);
    expect([take(), take(), take(), take()]).toEqual([
      '"minute";r=2;t=20',
      '"minute";r=1;t=20',
      '"minute";r=0;t=20',
      "Retry-After 20",
    ]);
    time.ms += 19_999;
    expect(take()).toBe("Retry-After 1");
    time.ms += 1;
    expect([take(), take()]).toEqual(['"minute";r=0;t=20', "Retry-After 20"]);
  });

  test("is never more than full, however long nobody asks", () => {
    const { take, time } = limitOf(2);
    take();
    time.ms += 3_600_000;
    expect([take(), take(), take()]).toEqual(['"minute";r=1;t=30', '"minute";r=0;t=30', "Retry-After 30"]);
  });

  test("is each caller's own", () => {
    const { take } = limitOf(1);
    expect([take("a"), take("b"), take("a")]).toEqual([
      '"minute";r=0;t=60',
      '"minute";r=0;t=60',
      "Retry-After 60",
    ]);
  });

  test("says what it is", () => {
    const { limit } = limitOf(600);
    expect(limit.take("a")).toEqual([
      "RateLimit",
      '"minute";r=599;t=1',
      "RateLimit-Policy",
      '"minute";q=600;w=60',
    ]);
  });

  test("forgets who has been quiet longest rather than remember everyone", () => {
    const { take } = limitOf(1, 2);
    take("a");
    take("b");
    expect(take("a")).toBe("Retry-After 60");
    take("c");
    expect(take("a")).toBe("Retry-After 60");
    expect(take("b")).toBe('"minute";r=0;t=60');
  });
});

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8::9", "2001:db8:0:0::/64"],
  ["2001::1:2:3:4:5:6", "2001:0:1:2::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["", ""],
])("the address %s is counted as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

describe("with a limit of requests a minute", () => {
  test("callers are told what is left, and refused beyond it", async () => {
    const api = await startApi({ environment: { RATE_LIMIT_PER_MINUTE: "2" }, films: [HEAT] });
    const first = await api.get("/v1/movies");
    expect(first.headers.get("ratelimit")).toBe('"minute";r=1;t=30');
    expect(first.headers.get("ratelimit-policy")).toBe('"minute";q=2;w=60');
    // What is not there counts as well.
    expect((await api.get("/nothing")).headers.get("ratelimit")).toBe('"minute";r=0;t=30');
    const refused = await api.get("/v1/movies");
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "rate-limited", status: 429 });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("ratelimit")).toMatch(/^"minute";r=0;t=\d+$/);
    expect(refused.headers.get("cache-control")).toBe("no-store");
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("health is always answered, and so is what browsers ask beforehand", async () => {
    const api = await startApi({ environment: { RATE_LIMIT_PER_MINUTE: "1" } });
    await api.get("/v1/movies");
    expect((await api.get("/v1/movies")).status).toBe(429);
    const live = await api.get("/health/live");
    expect(live.status).toBe(200);
    expect(live.headers.get("ratelimit")).toBeNull();
    const headers = { Origin: "https://films.example", "Access-Control-Request-Method": "GET" };
    expect((await api.get("/v1/movies", { method: "OPTIONS", headers })).status).toBe(204);
  });

  test("each key has its own, and those without a key share that of their address", async () => {
    const environment = { RATE_LIMIT_PER_MINUTE: "1", API_KEYS: "web:key-of-web,app:key-of-app" };
    const api = await startApi({ environment });
    const statusWith = async (key?: string) =>
      (await api.get("/v1/movies", key === undefined ? {} : { headers: { "X-Api-Key": key } })).status;
    expect([await statusWith("key-of-web"), await statusWith("key-of-web")]).toEqual([200, 429]);
    expect([await statusWith("key-of-app"), await statusWith("key-of-app")]).toEqual([200, 429]);
    // So keys can be guessed no faster than this.
    expect([await statusWith("a wrong one"), await statusWith()]).toEqual([401, 429]);
  });

  test("without one nothing is said of it", async () => {
    const { headers } = await (await startApi()).get("/v1/movies");
    expect(headers.get("ratelimit")).toBeNull();
    expect(headers.get("ratelimit-policy")).toBeNull();
  });
});
