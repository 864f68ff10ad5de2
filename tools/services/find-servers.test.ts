import { expect, test } from "vitest";
import { findServers, type Services } from "./find-servers.ts";
import type { Server, Service } from "./server.ts";

test("tests get the address of each server", async () => {
  const { context, sources, standIns, missing } = await findServers(fakes({}), {});
  expect(context).toEqual({
    mysqlUrl: "fake://MySQL",
    mariadbUrl: "fake://MariaDB",
    redisUrl: "fake://Redis",
    s3Endpoint: "fake://S3",
    s3Versions: true,
  });
  expect(sources).toEqual(["MySQL: fake", "MariaDB: fake", "Redis: fake", "S3: fake"]);
  expect([...standIns, ...missing]).toEqual([]);
});

test("what is missing is named, with why and the three ways to supply it", async () => {
  const { context, missing } = await findServers(fakes({ Redis: "absent" }), {});
  expect(context.redisUrl).toBeUndefined();
  expect(missing).toEqual([
    [
      "No Redis: tests that need it are skipped.",
      "  - TEST_Redis is not set",
      "  - Redis is not here",
      "  Any of three helps: set TEST_Redis, start Docker, or put Redis-program on PATH.",
    ].join("\n"),
  ]);
});

test.each([
  ["MySQL", "mysqlUrl", "MariaDB"],
  ["MariaDB", "mariadbUrl", "MySQL"],
] as const)("without %s, %s is that of %s, and it is said", async (absent, key, other) => {
  const { context, standIns, missing } = await findServers(fakes({ [absent]: "absent" }), {});
  expect(context[key]).toBe(`fake://${other}`);
  expect(standIns).toHaveLength(1);
  expect(standIns[0]).toContain(`No ${absent}: its tests run on ${other} instead.`);
  expect(missing).toEqual([]);
});

test("without both databases, both are missing", async () => {
  const { context, standIns, missing } = await findServers(fakes({ MySQL: "absent", MariaDB: "absent" }), {});
  expect(context.mysqlUrl).toBeUndefined();
  expect(context.mariadbUrl).toBeUndefined();
  expect(standIns).toEqual([]);
  expect(missing).toHaveLength(2);
});

test("what a server lacks is missing, though the server is used", async () => {
  const { context, missing } = await findServers(fakes({ S3: { lacks: "versions" } }), {});
  expect(context).toMatchObject({ s3Endpoint: "fake://S3", s3Versions: false });
  expect(missing[0]).toContain("No S3 with versions: tests that need these are skipped.");
});

test("stop ends every server", async () => {
  const stopped: string[] = [];
  const { stop } = await findServers(fakes({}, stopped), {});
  expect(stopped).toEqual([]);
  await stop();
  expect(stopped.sort()).toEqual(["MariaDB", "MySQL", "Redis", "S3"]);
});

test("nothing is left running when a variable names a dead server", async () => {
  const stopped: string[] = [];
  const search = findServers(fakes({}, stopped), { TEST_Redis: "fake://dead" });
  await expect(search).rejects.toThrow("TEST_Redis names a server that does not answer");
  expect(stopped.sort()).toEqual(["MariaDB", "MySQL", "S3"]);
});

type Name = "MySQL" | "MariaDB" | "Redis" | "S3";
type State = "absent" | Pick<Server, "lacks">;

function fakes(states: Partial<Record<Name, State>>, stopped: string[] = []): Services {
  const fake = (name: Name): Service => {
    const state = states[name] ?? {};
    const start = async (): Promise<Server> => {
      if (state === "absent") throw new Error(`${name} is not here`);
      return { url: `fake://${name}`, from: "fake", stop: async () => void stopped.push(name), ...state };
    };
    return {
      name,
      variable: `TEST_${name}`,
      ping: () => Promise.reject(new Error("dead")),
      ways: [start],
      programs: `${name}-program`,
    };
  };
  return { mysql: fake("MySQL"), mariadb: fake("MariaDB"), redis: fake("Redis"), s3: fake("S3") };
}
