import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Container } from "./containers.ts";
import { mariadb, mysql } from "./database-servers.ts";
import { redis } from "./redis-server.ts";
import { s3 } from "./s3-server.ts";
import { findServer, type Server } from "./server.ts";

// Programs that say who they are and end at once. The search goes on after one that does not start, and tells its path,
// so the reasons show which program was chosen.

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "movie-store-programs-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const services = { mysql, mariadb, redis, s3 };
const MYSQL = "mysqld  Ver 8.4.0 for Linux on x86_64 (MySQL Community Server - GPL)";
const MARIADB = "mysqld  Ver 10.11.6-MariaDB for debian-linux-gnu on x86_64 (Debian 12)";

test.each([
  ["mysql", "mysql:8.4"],
  ["mariadb", "mariadb:10.11"],
  ["redis", "redis:7"],
  ["s3", "motoserver/moto:5.2.1"],
] as const)("%s comes from a container where Docker answers, whatever is on PATH", async (name, image) => {
  const PATH = await onPath(
    ["mysqld", MYSQL],
    ["mariadbd", MARIADB],
    ["redis-server", ""],
    ["moto_server", ""],
  );
  const startContainer = async (container: Container): Promise<Server> => ({
    url: container.url("docker", 1),
    from: container.image,
    stop: async () => {},
  });
  const { server } = await findServer(services[name]({ PATH }, startContainer), {});
  expect(server?.from).toBe(image);
});

test("MySQL is the first mysqld that is not MariaDB", async () => {
  const PATH = await onPath(["mysqld", MARIADB], ["mysqld", MYSQL]);
  expect(await reasons("mysql", PATH)).toEqual(["no Docker", expect.stringContaining(at(1, "mysqld"))]);
});

test("a mysqld that is MariaDB does not count as MySQL", async () => {
  const PATH = await onPath(["mysqld", MARIADB]);
  expect(await reasons("mysql", PATH)).toEqual(["no Docker", "mysqld on PATH is MariaDB, not MySQL"]);
});

test("MariaDB is mariadbd, also when a mysqld comes first", async () => {
  const PATH = await onPath(["mysqld", MYSQL], ["mariadbd", MARIADB], ["mariadb-install-db", ""]);
  expect(await reasons("mariadb", PATH)).toEqual(["no Docker", expect.stringContaining(at(1, "mariadbd"))]);
});

test("MariaDB is a mysqld that is MariaDB where there is no mariadbd", async () => {
  const PATH = await onPath(["mysqld", MYSQL], ["mysqld", MARIADB], ["mariadb-install-db", ""]);
  expect(await reasons("mariadb", PATH)).toEqual(["no Docker", expect.stringContaining(at(1, "mysqld"))]);
});

test("Redis is valkey-server where there is no redis-server", async () => {
  const PATH = await onPath(["valkey-server", ""]);
  expect(await reasons("redis", PATH)).toEqual([
    "no Docker",
    expect.stringContaining(at(0, "valkey-server")),
  ]);
});

test.each([
  ["mysql", ["no mysqld on PATH"]],
  ["mariadb", ["no mysqld on PATH"]],
  ["redis", ["no redis-server or valkey-server on PATH"]],
] as const)("on a bare machine %s is missing", async (name, expected) => {
  expect(await reasons(name, folder)).toEqual(["no Docker", ...expected]);
});

test("S3 comes from npm in the end, and says what that lacks", async () => {
  const { server, reasons: why } = await findServer(s3({ PATH: folder }, noDocker), {});
  try {
    expect(why).toEqual(["TEST_S3_ENDPOINT is not set", "no Docker", "no moto_server on PATH"]);
    expect(server?.lacks).toContain("versions");
    expect((await fetch(`${server?.url}/health`)).status).toBe(200);
  } finally {
    await server?.stop();
  }
});

async function noDocker(): Promise<Server> {
  throw new Error("no Docker");
}

/** Why none of the programs started, without the first reason, which is the variable. */
async function reasons(name: keyof typeof services, PATH: string): Promise<readonly string[]> {
  const found = await findServer(services[name]({ PATH }, noDocker), {});
  expect(found.server).toBeUndefined();
  return found.reasons.slice(1);
}

/** A PATH with a folder for each program, as its name and its version. */
async function onPath(...programs: readonly (readonly [string, string])[]): Promise<string> {
  const folders = programs.map((_, index) => join(folder, String(index)));
  for (const [index, [name, version]] of programs.entries()) {
    await mkdir(join(folder, String(index)));
    await writeFile(at(index, name), `#!/bin/sh\necho '${version}'\n[ "$1" = --version ]\n`);
    await chmod(at(index, name), 0o755);
  }
  return folders.join(delimiter);
}

function at(index: number, name: string): string {
  return join(folder, String(index), name);
}
