/** What a real service seldom does, or never on demand: done by a small server of ours. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MAX_OBJECT_BYTES, type ObjectAddress } from "@movie-store/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { S3UpdateSource, type S3UpdateSourceOptions } from "./update-source.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const address: ObjectAddress = { bucket: "films", key: "providers/acme/a.json", versionId: "v1" };
const LAST_MODIFIED = "Sat, 20 Apr 2024 12:00:00 GMT";

let server: Server;
let answer: Answer;
let requests: string[];
let source: S3UpdateSource;

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  source = open();
});

afterEach(async () => {
  await source.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(options: S3UpdateSourceOptions = {}): S3UpdateSource {
  const { port } = server.address() as AddressInfo;
  return new S3UpdateSource({
    bucket: "films",
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    attempts: 1,
    ...options,
  });
}

async function reopen(options: S3UpdateSourceOptions): Promise<void> {
  await source.close();
  source = open(options);
}

function object(body: string | Uint8Array, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(200, {
      "Last-Modified": LAST_MODIFIED,
      "Content-Length": Buffer.byteLength(body),
      ...headers,
    });
    response.end(body);
  };
}

function failure(status: number, code: string, headers: Record<string, string> = {}, more = ""): Answer {
  return (_, response) => {
    response.writeHead(status, { "Content-Type": "application/xml", ...headers });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`);
  };
}

describe("read", () => {
  test.each([
    ["a key that is not there", failure(404, "NoSuchKey")],
    ["a version that is not there", failure(404, "NoSuchVersion")],
    ["a delete marker", failure(405, "MethodNotAllowed", { "x-amz-delete-marker": "true" })],
    [
      "an id that no version can have",
      failure(400, "InvalidArgument", {}, "<ArgumentName>versionId</ArgumentName>"),
    ],
  ])("%s is gone", async (_, given) => {
    answer = given;
    const gone = await source.read({ ...address, sequencer: "0A", eventTimeMs: 5 });
    expect(gone).toEqual({
      ...address,
      ...{ sequencer: "0A", eventTimeMs: 5, bytes: new Uint8Array() },
      fault: { code: "gone", reason: "the object no longer existed when it was to be read" },
    });
  });

  test.each([
    ["no right", failure(403, "AccessDenied")],
    ["no bucket", failure(404, "NoSuchBucket")],
    ["a 404 that is not the service's", (_, response) => response.writeHead(404).end("<html></title>")],
    ["a method that is not allowed", failure(405, "MethodNotAllowed")],
    ["another bad argument", failure(400, "InvalidArgument", {}, "<ArgumentName>partNumber</ArgumentName>")],
    ["an expired token", failure(400, "ExpiredToken")],
    ["an archived object", failure(403, "InvalidObjectState")],
    ["a failing service", failure(500, "InternalError")],
    ["a throttled one", failure(503, "SlowDown")],
    ["a connection that ends before the answer", (_, response) => response.destroy()],
    [
      "a connection that ends within the body",
      (_, response) => {
        response.writeHead(200, { "Last-Modified": LAST_MODIFIED, "Content-Length": 10 });
        response.write("half", () => response.destroy());
      },
    ],
    ["a body that is not what its checksum says", object("{}", { "x-amz-checksum-crc32": "AAAAAA==" })],
    ["an object without a date", (_, response) => response.writeHead(200).end("{}")],
  ] satisfies [string, Answer][])("%s is unavailable", async (_, given) => {
    answer = given;
    await expect(source.read(address)).rejects.toMatchObject({ code: "unavailable", retryable: true });
  });

  test("nobody who listens is unavailable", async () => {
    await reopen({ endpoint: "http://127.0.0.1:1" });
    await expect(source.read(address)).rejects.toMatchObject({ code: "unavailable" });
  });

  test("a failure that passes is met with another attempt, but with no more than were allowed", async () => {
    await reopen({ attempts: 3 });
    const answers = [
      failure(500, "InternalError"),
      ((_, response) => {
        response.writeHead(200, { "Last-Modified": LAST_MODIFIED, "Content-Length": 10 });
        response.write("half", () => response.destroy());
      }) satisfies Answer,
      object("{}"),
    ];
    answer = (request, response) => answers.shift()?.(request, response);
    expect(Buffer.from((await source.read(address)).bytes).toString()).toBe("{}");
    expect(requests).toHaveLength(3);

    requests.length = 0;
    answer = failure(500, "InternalError");
    await expect(source.read(address)).rejects.toMatchObject({ code: "unavailable" });
    expect(requests).toHaveLength(3);
  });

  test.each([
    ["never begins", { requestTimeoutMs: 50 }, () => {}],
    [
      "begins and never ends",
      { deadlineMs: 100 },
      (_, response) => {
        response.writeHead(200, { "Last-Modified": LAST_MODIFIED, "Content-Length": 10 });
        response.write("half");
      },
    ],
  ] satisfies [string, S3UpdateSourceOptions, Answer][])(
    "an answer that %s is given up",
    async (_, options, given) => {
      await reopen(options);
      answer = given;
      await expect(source.read(address)).rejects.toMatchObject({ code: "unavailable" });
    },
  );

  test("the version comes from the answer, and an object without versions has none", async () => {
    const { versionId: _, ...newest } = address;
    answer = object("{}", { "x-amz-version-id": "v7" });
    expect(await source.read(newest)).toMatchObject({
      ...{ versionId: "v7", eventTimeMs: Date.parse(LAST_MODIFIED) },
    });
    answer = object("{}", { "x-amz-version-id": "null" });
    expect(await source.read(newest)).not.toHaveProperty("versionId");
    expect(await source.read({ ...newest, versionId: "null" })).not.toHaveProperty("versionId");
    expect(requests.at(-1)).toContain("versionId=null");
  });

  test("an object whose length nobody announced is read, but not beyond its limit", async () => {
    let length = 10;
    answer = (_, response) => {
      response.writeHead(200, { "Last-Modified": LAST_MODIFIED });
      response.end(Buffer.alloc(length));
    };
    expect((await source.read(address)).bytes).toHaveLength(10);
    length = 20 * MAX_OBJECT_BYTES;
    expect(await source.read(address)).toMatchObject({
      bytes: new Uint8Array(),
      fault: { code: "too-large" },
    });
  });

  test("an object that is announced as too large is not waited for", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "Last-Modified": LAST_MODIFIED, "Content-Length": 5_000_000_000 });
      response.flushHeaders();
    };
    expect(await source.read(address)).toMatchObject({
      ...{ versionId: "v1", bytes: new Uint8Array() },
      fault: { code: "too-large", reason: "an object has at most 1048576 bytes, this one 5000000000" },
    });
  });

  test("a read that is under way when the source is closed ends with `closed`", async () => {
    const arrived = new Promise<void>((resolve) => {
      answer = () => resolve();
    });
    const read = source.read(address);
    await arrived;
    const failed = expect(read).rejects.toMatchObject({ code: "closed" });
    await source.close();
    await failed;
  });

  test("no outcome keeps a connection", async () => {
    await reopen({ maxSockets: 2 });
    const half: Answer = (_, response) => {
      response.writeHead(200, { "Last-Modified": LAST_MODIFIED, "Content-Length": 1_000 });
      response.write("half", () => response.destroy());
    };
    const outcomes: [Answer, string | undefined][] = [
      [object(Buffer.alloc(MAX_OBJECT_BYTES + 1)), "too-large"],
      [object(Buffer.alloc(MAX_OBJECT_BYTES + 1), { "x-amz-checksum-crc32": "AAAAAA==" }), "too-large"],
      [failure(404, "NoSuchKey"), "gone"],
      [failure(500, "InternalError"), "unavailable"],
      [object("{}", { "x-amz-checksum-crc32": "AAAAAA==" }), "unavailable"],
      [half, "unavailable"],
      [object("{}"), undefined],
    ];
    for (let n = 0; n < 105; n++) {
      const [given, expected] = outcomes[n % outcomes.length] as (typeof outcomes)[number];
      answer = given;
      const found = await source.read(address).then(
        (read) => read.fault?.code,
        (error) => error.code,
      );
      expect(found, `read ${n}`).toBe(expected);
    }
  });
});

describe("list", () => {
  function page(content: string, truncated: string | undefined): Answer {
    const next = `<IsTruncated>${truncated !== undefined}</IsTruncated>${truncated ?? ""}`;
    return (_, response) => {
      response.writeHead(200, { "Content-Type": "application/xml" });
      response.end(
        `<?xml version="1.0"?><ListVersionsResult><EncodingType>url</EncodingType>${next}${content}</ListVersionsResult>`,
      );
    };
  }

  function version(key: string, id: string, latest = true): string {
    return `<Version><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest><Size>2</Size></Version>`;
  }

  test("keys and markers come encoded, so that they may hold any character", async () => {
    const pages = [
      page(
        version("p/a+b%2Bc%25%0A%F0%9F%8E%AC.json", "v2"),
        "<NextKeyMarker>p/a+b%2Bc%25%0A%F0%9F%8E%AC.json</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker>",
      ),
      page(version("p/a+b%2Bc%25%0A%F0%9F%8E%AC.json", "v1", false), undefined),
    ];
    answer = (request, response) => pages.shift()?.(request, response);
    const key = "p/a b+c%\n🎬.json";
    expect(await listOf(source.list("p/"))).toEqual([
      { bucket: "films", key, versionId: "v1" },
      { bucket: "films", key, versionId: "v2" },
    ]);
    const second = new URL(requests[1] ?? "", "http://films").searchParams;
    expect([second.get("key-marker"), second.get("version-id-marker")]).toEqual([key, "v2"]);
  });

  test("a key with a line break is read under its own name", async () => {
    answer = object("{}");
    await source.read({ bucket: "films", key: "p/a\nb+c %.json" });
    expect(requests[0]).toMatch(/^\/films\/p\/a%0Ab%2Bc%20%25\.json(\?|$)/);
  });

  test("an older version without an id is told from the newest", async () => {
    answer = page(version("p/a", "v1") + version("p/a", "null", false) + version("p/b", "null"), undefined);
    expect(await listOf(source.list("p/"))).toEqual([
      { bucket: "films", key: "p/a", versionId: "null" },
      { bucket: "films", key: "p/a", versionId: "v1" },
      { bucket: "films", key: "p/b" },
    ]);
  });

  test("a page that can't be had is unavailable, and the list ends there", async () => {
    const pages = [
      page(version("p/a", "v1") + version("p/b", "v1"), "<NextKeyMarker>p/b</NextKeyMarker>"),
      failure(503, "SlowDown"),
    ];
    answer = (request, response) => pages.shift()?.(request, response);
    const listing = source.list("p/");
    expect((await listing.next()).value).toMatchObject({ key: "p/a" });
    await expect(listing.next()).rejects.toMatchObject({ code: "unavailable" });
  });

  test("a source without a bucket reads, but has nothing to list", async () => {
    const { port } = server.address() as AddressInfo;
    await source.close();
    source = new S3UpdateSource({
      ...{ endpoint: `http://127.0.0.1:${port}`, region: "us-east-1" },
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    answer = object("{}");
    expect((await source.read(address)).bytes).toHaveLength(2);
    await expect(source.list("p/").next()).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

async function listOf(listing: AsyncIterable<ObjectAddress>): Promise<readonly ObjectAddress[]> {
  const addresses: ObjectAddress[] = [];
  for await (const address of listing) addresses.push(address);
  return addresses;
}

describe("a replica", () => {
  const replica = { bucket: "films-2", of: "films" };
  const LISTING = `<?xml version="1.0"?><ListVersionsResult><IsTruncated>false</IsTruncated><Version>
    <Key>providers/acme/a.json</Key><VersionId>v1</VersionId><IsLatest>true</IsLatest><Size>2</Size>
    <LastModified>2024-04-20T12:00:00.000Z</LastModified></Version></ListVersionsResult>`;

  test.each(["films-2", "films"])(
    "of %s is read for its original, and listed by that name",
    async (bucket) => {
      await reopen({ bucket, replica });
      answer = (_, response) => response.writeHead(200, { "Content-Type": "application/xml" }).end(LISTING);
      for await (const listed of source.list("providers/")) expect(listed).toMatchObject(address);

      answer = object("{}", { "x-amz-version-id": "v1" });
      const read = await source.read({ ...address, bucket, sequencer: "0A" });
      expect(read).toMatchObject(address);
      expect(read).not.toHaveProperty("sequencer");
      expect(requests.every((target) => target.startsWith("/films-2"))).toBe(true);
    },
  );

  test("leaves other buckets alone", async () => {
    await reopen({ replica });
    answer = object("{}", { "x-amz-version-id": "v1" });
    expect(await source.read({ ...address, bucket: "elsewhere", sequencer: "0A" })).toMatchObject({
      ...{ bucket: "elsewhere", sequencer: "0A" },
    });
    expect(requests[0]).toMatch(/^\/elsewhere\//);
  });
});
