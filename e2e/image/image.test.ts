import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { freePort } from "../../tools/services/free-port.ts";
import { type FreshDatabase, freshDatabase } from "../fresh-database.ts";
import { NotifyingBucket } from "../lambda/notifying-bucket.ts";
import { type Bases, type Builder, buildImage, findBuilder } from "./builder.ts";
import { Containers } from "./container.ts";

const API_FILE = "packages/http-koa/Dockerfile";
const WORKER_FILE = "packages/lambda-ingest/Dockerfile";
const CLI = ["node", "packages/cli/bin/movie-store.js"];
/** Of the packages and all they need; 24.7 MB is usual. What comes to more has brought something that nobody runs. */
const MAX_APP_BYTES = 32_000_000;

const [mysqlUrl, redisUrl, s3Endpoint] = [inject("mysqlUrl"), inject("redisUrl"), inject("s3Endpoint")];
const hasServers = mysqlUrl !== undefined && redisUrl !== undefined && inject("s3Versions");
const found = await findBuilder(basesOf(API_FILE), process.env);
if (found.builder === undefined) process.stderr.write(`\n${found.notice}\n`);

describe.skipIf(found.builder === undefined)("the images", { timeout: 120_000 }, () => {
  const builder = found.builder as Builder;
  const containers = new Containers(builder);
  const labels = { VERSION: "1.2.3", REVISION: "abc", SOURCE: "here" };
  let [api, worker] = ["", ""];

  beforeAll(async () => {
    api = await buildImage(builder, API_FILE, "movie-store-test", labels);
    worker = await buildImage(builder, WORKER_FILE, "movie-store-worker-test", labels);
  }, 1_800_000);
  afterAll(async () => {
    await containers.close();
    await containers.remove([api, worker]);
  }, 120_000);

  test("have the labels of the Open Container Initiative", async () => {
    for (const image of [api, worker]) {
      expect((await containers.inspect(image)).Config.Labels).toMatchObject({
        "org.opencontainers.image.version": "1.2.3",
        "org.opencontainers.image.revision": "abc",
        "org.opencontainers.image.source": "here",
        "org.opencontainers.image.licenses": "MIT",
      });
    }
  });

  test("run without rights, on a file system that can't be written to, and with no shell", async () => {
    for (const image of [api, worker]) {
      const { stdout } = await containers.run(image, { command: ["node", "--eval", LOOK_AROUND] });
      expect(JSON.parse(stdout)).toEqual({ uid: 10001, capabilities: 0, writing: "EROFS", shell: "ENOENT" });
    }
  });

  test("hold nothing that is not run: no types, maps, sources, package manager or development tools", async () => {
    const { stdout } = await containers.run(api, { command: ["node", "--eval", LIST_FILES] });
    const { bytes, paths } = JSON.parse(stdout) as { bytes: number; paths: readonly string[] };
    expect(bytes).toBeLessThan(MAX_APP_BYTES);
    const surplus =
      /\.[mc]?ts$|\.map$|^packages\/[\w-]+\/src\/|^node_modules\/(typescript|esbuild|vitest|npm)\//;
    expect(paths.filter((path) => surplus.test(path))).toEqual([]);
    expect(paths).toContain("packages/http-koa/dist/main.js");
  });

  test("have the same layers when they are built again", { timeout: 1_800_000 }, async () => {
    for (const [image, file] of [
      [api, API_FILE],
      [worker, WORKER_FILE],
    ] as const) {
      const again = await buildImage(builder, file, "movie-store-test-again", labels);
      const layersOf = async (one: string) => (await containers.inspect(one)).RootFS.Layers;
      expect(await layersOf(again)).toEqual(await layersOf(image));
      await containers.remove([again]);
    }
  });

  test("the command `start` of the API's image makes a store of the sample in a volume", async () => {
    const port = await freePort();
    const environment = { PORT: `${port}`, LOG_LEVEL: "warn" };
    const id = await containers.start(api, { environment, command: [...CLI, "start"], volume: "/data" });
    const films = await answer(`http://127.0.0.1:${port}/v1/movies?year=1999`, id);
    expect(JSON.parse(films)).toMatchObject({ movies: [{ title: "The Matrix" }, { title: "Fight Club" }] });
    expect(await containers.stop(id)).toMatchObject({ code: 0 });
  });

  describe.skipIf(!hasServers)("on MySQL, Redis and a bucket", () => {
    let database: FreshDatabase;
    let bucket: NotifyingBucket;
    let environment: Readonly<Record<string, string>>;
    let port: number;

    beforeAll(async () => {
      database = await freshDatabase(mysqlUrl as string, { migrated: false });
      bucket = await NotifyingBucket.create(s3Endpoint as string);
      port = await freePort();
      environment = {
        PORT: `${port}`,
        MYSQL_URL: database.url,
        // A store has a Redis database to itself.
        REDIS_URL: new URL("/11", redisUrl).href,
        S3_BUCKET: bucket.name,
        S3_ENDPOINT: s3Endpoint as string,
        AWS_ENDPOINT_URL_SQS: s3Endpoint as string,
        SQS_QUEUE_URL: bucket.queueUrl,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      };
    });
    afterAll(async () => {
      bucket.close();
      await database.drop();
    });

    const command = (...args: string[]) => containers.run(api, { environment, command: [...CLI, ...args] });
    /** With a volume: it compares in a file of its own. */
    const verify = () => containers.run(api, { environment, command: [...CLI, "verify"], volume: "/tmp" });
    /** What the image's own check of a container's health ends with. */
    const healthOf = async (id: string) => {
      const [, ...check] = await containers.healthCheckOf(api);
      return (await containers.exec(id, check)).code;
    };

    test("one image migrates, takes in what the events missed, verifies, and serves", async () => {
      expect(await command("migrate")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("it was at 0"),
      });
      await bucket.put("providers/acme/1.json", '{"id":"1","title":"Heat","year":1995,"cast":["Al Pacino"]}');
      expect(await command("reconcile")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("1 taken in"),
      });
      expect(await verify()).toMatchObject({ code: 0 });

      const id = await containers.start(api, { environment });
      const origin = `http://127.0.0.1:${port}`;
      expect(JSON.parse(await answer(`${origin}/v1/movies?cast=al+pacino`, id))).toMatchObject({
        movies: [{ title: "Heat", year: 1995 }],
      });
      for (const path of ["/", "/docs", "/openapi.json", "/health/live", "/health/ready", "/metrics"]) {
        expect((await fetch(origin + path)).status, path).toBe(200);
      }
      expect(await healthOf(id)).toBe(0);

      // A client that listens is let go in order, and the process ends well before it would be killed.
      const stream = await fetch(`${origin}/v1/changes`, { headers: { accept: "text/event-stream" } });
      const [{ code, output }] = await Promise.all([containers.stop(id), stream.text()]);
      expect(output).toContain("the API is stopping");
      expect(code, output).toBe(0);
    });

    test("the health check fails where nobody answers", async () => {
      const idle = [
        "node",
        "--eval",
        "process.on('SIGTERM', () => process.exit()); setInterval(() => {}, 1e6)",
      ];
      const id = await containers.start(api, { environment, command: idle });
      expect(await healthOf(id)).toBe(1);
      expect(await containers.stop(id)).toMatchObject({ code: 0 });
    });

    test("the worker takes in what the queue tells of, and ends when it is told to", async () => {
      await bucket.put("providers/acme/2.json", '{"id":"2","title":"Alien","year":1979}');
      const id = await containers.start(worker, { environment });
      await vi.waitFor(async () => expect(await bucket.queued()).toBe(0), { timeout: 60_000, interval: 200 });
      const { code, output } = await containers.stop(id);
      expect(output).toContain("the worker has stopped");
      expect(code, output).toBe(0);
      expect((await command("export")).stdout).toContain('"title":"Alien"');
    });
  });

  /** The text that is answered with 200, as soon as the process in the container answers at all. */
  async function answer(url: string, id: string): Promise<string> {
    const answered = await vi
      .waitFor(() => fetch(url), { timeout: 60_000, interval: 100 })
      .catch(async (error: unknown) => {
        throw new Error(`it does not answer: ${await containers.output(id)}`, { cause: error });
      });
    expect(answered.status).toBe(200);
    return await answered.text();
  }
});

const LOOK_AROUND = `
  const { existsSync, readFileSync, writeFileSync } = require("node:fs");
  const codeOf = (act) => { try { act(); return "none"; } catch (error) { return error.code; } };
  const { error } = require("node:child_process").spawnSync("/bin/sh", ["-c", "true"]);
  console.log(JSON.stringify({
    uid: process.getuid(),
    capabilities: parseInt(/^CapEff:\\s*(\\w+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1], 16),
    writing: codeOf(() => writeFileSync("/tmp/x", "")),
    shell: error?.code,
  }));`;

const LIST_FILES = `
  const { readdirSync, statSync } = require("node:fs");
  const paths = readdirSync("/app", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.parentPath.slice(5) + "/" + entry.name);
  const bytes = paths.reduce((sum, path) => sum + statSync("/app/" + path).size, 0);
  console.log(JSON.stringify({ bytes, paths }));`;

function basesOf(dockerfile: string): Bases {
  const text = readFileSync(resolve(import.meta.dirname, "../..", dockerfile), "utf8");
  const base = (name: string) => new RegExp(`^ARG ${name}=(\\S+)$`, "m").exec(text)?.[1] as string;
  return { NODE_IMAGE: base("NODE_IMAGE"), RUNTIME_IMAGE: base("RUNTIME_IMAGE") };
}
