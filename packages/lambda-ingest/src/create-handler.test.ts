import { gzipSync } from "node:zlib";
import { MAX_OBJECT_BYTES, MovieStoreError, type ObjectAddress } from "@movie-store/core";
import { beforeEach, describe, expect, test } from "vitest";
import {
  BUCKET,
  contextWith,
  film,
  messageOf,
  messageWith,
  NOW_MS,
  RunningIngest,
  readingBy,
  recordOf,
} from "../test/running-ingest.ts";

let ingest: RunningIngest;

beforeEach(() => {
  ingest = new RunningIngest();
});

function put(name: string, content: string | Uint8Array): ObjectAddress {
  return ingest.bucket.put(`providers/acme/${name}`, content);
}

const absent: ObjectAddress = { bucket: BUCKET, key: "providers/acme/absent.json", versionId: "none" };

interface Row {
  readonly name: string;
  /** Puts what there is to put, and gives the messages. */
  readonly messages: () => readonly object[];
  /** What the log has afterwards: a verdict, or why it was rejected. */
  readonly logged: readonly string[];
  readonly returned?: readonly string[];
}

const table: readonly Row[] = [
  {
    name: "a new object",
    messages: () => [messageOf("a", [put("1.json", film("1"))])],
    logged: ["accepted"],
  },
  {
    name: "an object delivered twice in one batch",
    messages: () => {
      const address = put("1.json", film("1"));
      return [messageOf("a", [address]), messageOf("b", [address])];
    },
    logged: ["accepted"],
  },
  {
    name: "two versions in the wrong order",
    messages: () => {
      const [older, newer] = [put("1.json", film("1")), put("1.json", film("1", { title: "Newer" }))];
      return [messageOf("a", [newer]), messageOf("b", [older])];
    },
    logged: ["accepted", "superseded"],
  },
  {
    name: "keys with plus, space, percent and letters of all kinds",
    messages: () =>
      ["a+b c%2B.json", "100%.json", "amélie 🎬.json"].map((name, n) =>
        messageOf(`${n}`, [put(name, film(name))]),
      ),
    logged: ["accepted", "accepted", "accepted"],
  },
  {
    name: "a key that can't be decoded",
    messages: () => {
      const record = JSON.stringify({ Records: [recordOf(put("1.json", film("1")))] });
      return [messageWith("a", record.replace("1.json", "%E0%A4%A.json"))];
    },
    logged: ["bad-key"],
  },
  {
    name: "a key without a provider",
    messages: () => [messageOf("a", [ingest.bucket.put("providers/heat.json", film("1"))])],
    logged: ["bad-key"],
  },
  {
    name: "truncated JSON",
    messages: () => [messageOf("a", [put("1.json", '{"title":')])],
    logged: ["bad-json"],
  },
  {
    name: "bytes that are no text",
    messages: () => [messageOf("a", [put("1.json", Uint8Array.of(0xff, 0xfe))])],
    logged: ["bad-encoding"],
  },
  {
    name: "an empty object",
    messages: () => [messageOf("a", [put("1.json", "")])],
    logged: ["empty"],
  },
  {
    name: "a film without a title",
    messages: () => [messageOf("a", [put("1.json", '{"id":"1","year":1995}')])],
    logged: ["bad-field"],
  },
  {
    name: "an array of films",
    messages: () => [messageOf("a", [put("1.json", `[${film("1")}]`)])],
    logged: ["not-an-object"],
  },
  {
    name: "an object that is too large",
    messages: () => [messageOf("a", [put("1.json", new Uint8Array(MAX_OBJECT_BYTES + 1))])],
    logged: ["too-large"],
  },
  {
    name: "a compressed object, and one that unfolds to too much",
    messages: () => [
      messageOf("a", [put("1.json.gz", gzipSync(film("1")))]),
      messageOf("b", [put("2.json.gz", gzipSync(Buffer.alloc(MAX_OBJECT_BYTES + 1, 32)))]),
    ],
    logged: ["accepted", "too-large"],
  },
  {
    name: "a good object between bad ones",
    messages: () => [
      messageOf("a", [put("1.json", "{")]),
      messageOf("b", [put("2.json", film("2"))]),
      messageOf("c", [put("3.json", "null")]),
    ],
    logged: ["bad-json", "accepted", "not-an-object"],
  },
  {
    name: "several objects in one message",
    messages: () => [messageOf("a", [put("1.json", film("1")), put("2.json", film("2"))])],
    logged: ["accepted", "accepted"],
  },
  {
    name: "an object that is not there, at first",
    messages: () => [messageOf("a", [absent]), messageOf("b", [put("2.json", film("2"))])],
    logged: ["accepted"],
    returned: ["a"],
  },
  {
    name: "an object that is not there for the second time",
    messages: () => [messageOf("a", [absent], 2)],
    logged: [],
    returned: ["a"],
  },
  {
    name: "an object that is not there for the third time",
    messages: () => [messageOf("a", [absent], 3)],
    logged: ["gone"],
  },
  {
    name: "a message with one object that is there and one that is not",
    messages: () => [messageOf("a", [put("1.json", film("1")), absent])],
    logged: ["accepted"],
    returned: ["a"],
  },
  {
    name: "a message with two objects that are not there",
    messages: () => [messageOf("a", [absent, { ...absent, versionId: "neither" }])],
    logged: [],
    returned: ["a"],
  },
  {
    name: "a test event",
    messages: () => [messageWith("a", '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"films"}')],
    logged: [],
  },
  {
    name: "a removal",
    messages: () => {
      const record = {
        ...recordOf(put("1.json", film("1"))),
        eventName: "ObjectRemoved:DeleteMarkerCreated",
      };
      return [messageWith("a", JSON.stringify({ Records: [record] }))];
    },
    logged: [],
  },
  {
    name: "an event of another major version",
    messages: () => {
      const record = { ...recordOf(put("1.json", film("1"))), eventVersion: "3.0" };
      return [
        messageWith("a", JSON.stringify({ Records: [record] })),
        messageOf("b", [put("2.json", film("2"))]),
      ];
    },
    logged: ["accepted"],
    returned: ["a"],
  },
  {
    name: "a body that is no event",
    messages: () => [messageWith("a", "hello"), messageOf("b", [put("2.json", film("2"))])],
    logged: ["accepted"],
    returned: ["a"],
  },
];

describe("a batch of SQS with", () => {
  test.each(table)("$name", async ({ messages, logged, returned = [] }) => {
    const batch = messages();
    expect(await ingest.returned(batch)).toEqual(returned);
    expect(await ingest.verdicts()).toEqual(logged);

    // A second delivery changes nothing.
    const version = await ingest.store.version();
    expect(await ingest.returned(batch)).toEqual(returned);
    expect(await ingest.verdicts()).toEqual(logged);
    expect(await ingest.store.version()).toBe(version);
  });

  test("more objects than one transaction takes", async () => {
    const addresses = Array.from({ length: 450 }, (_, n) => put(`${n}.json`, film(`${n}`)));
    const sizes: number[] = [];
    const append = ingest.repository.append.bind(ingest.repository);
    ingest.repository.append = (batch, ...more) => {
      sizes.push(batch.length);
      return append(batch, ...more);
    };
    expect(await ingest.returned(addresses.map((address, n) => messageOf(`${n}`, [address])))).toEqual([]);
    expect(await ingest.store.version()).toBe(450);
    expect(sizes).toEqual([200, 200, 50]);
  });

  test("an event that names no version takes the newest, and finds it again", async () => {
    const { versionId: _, sequencer: __, ...bare } = put("1.json", film("1"));
    expect(await ingest.returned([messageOf("a", [bare])])).toEqual([]);
    expect(await ingest.returned([messageOf("b", [bare])])).toEqual([]);
    expect(await ingest.verdicts()).toEqual(["accepted"]);
  });
});

describe("an event that comes directly", () => {
  test("is taken in, and there is nothing to answer", async () => {
    const event = { Records: [recordOf(put("1.json", film("1")))] };
    expect(await ingest.handler(event, contextWith(30_000))).toBeUndefined();
    expect(await ingest.verdicts()).toEqual(["accepted"]);
  });

  test("from EventBridge has a key that is not encoded", async () => {
    const { bucket, key, versionId } = put("a+b %2B.json", film("1"));
    const event = {
      ...{ version: "0", source: "aws.s3", "detail-type": "Object Created", time: "2024-04-20T12:00:00Z" },
      detail: { bucket: { name: bucket }, object: { key, "version-id": versionId, size: 10 } },
    };
    await ingest.handler(event, contextWith(30_000));
    expect(await ingest.verdicts()).toEqual(["accepted"]);
  });

  test("is refused when something in it may succeed later, with the rest taken in", async () => {
    const { key } = put("2.json", film("2"));
    ingest = failingReads((address) => address.key === key);
    const event = { Records: [recordOf(put("1.json", film("1"))), recordOf(put("2.json", film("2")))] };
    await expect(ingest.handler(event, contextWith(30_000))).rejects.toThrow("has to come again");
    expect(await ingest.verdicts()).toEqual(["accepted"]);
  });

  test("is not refused for an object that is gone, because nobody counts how often it comes", async () => {
    await ingest.handler({ Records: [recordOf(absent)] }, contextWith(30_000));
    expect(await ingest.verdicts()).toEqual(["gone"]);
  });

  test("is refused when it is no event", async () => {
    await expect(ingest.handler({ hello: 1 }, contextWith(30_000))).rejects.toThrow("no event of a bucket");
  });
});

describe("a failure", () => {
  test("of the bucket returns the objects that it concerns", async () => {
    ingest = failingReads(({ key }) => key.endsWith("2.json"));
    const addresses = ["1.json", "2.json", "3.json"].map((name) => put(name, film(name)));
    expect(await ingest.returned(addresses.map((address, n) => messageOf(`${n}`, [address])))).toEqual(["1"]);
    expect(await ingest.verdicts()).toEqual(["accepted", "accepted"]);
  });

  test("of the store returns all, without an attempt for each, and it heals", async () => {
    const messages = ["1", "2"].map((id) => messageOf(id, [put(`${id}.json`, film(id))]));
    const append = ingest.repository.append.bind(ingest.repository);
    let attempts = 0;
    ingest.repository.append = async () => {
      attempts++;
      throw new MovieStoreError("unavailable", "the database is down");
    };
    expect(await ingest.returned(messages)).toEqual(["1", "2"]);
    expect(attempts).toBe(1);
    ingest.repository.append = append;
    expect(await ingest.returned(messages)).toEqual([]);
    expect(await ingest.verdicts()).toEqual(["accepted", "accepted"]);
  });

  test("of one member for a reason of its own does not take the others with it", async () => {
    const messages = ["1", "poison", "3"].map((id) => messageOf(id, [put(`${id}.json`, film(id))]));
    const append = ingest.repository.append.bind(ingest.repository);
    ingest.repository.append = async (batch, ...more) => {
      if (batch.some(({ object }) => object.key.includes("poison"))) throw new TypeError("can't be decided");
      return append(batch, ...more);
    };
    expect(await ingest.returned(messages)).toEqual(["poison"]);
    expect(await ingest.verdicts()).toEqual(["accepted", "accepted"]);
    const warning = ingest.lines.find(({ message }) => message === "returned");
    expect(warning?.more).toMatchObject({ messageId: "poison", error: expect.any(TypeError) });
  });
});

describe("when the time is up", () => {
  test("before it begins, all come again and nothing is read", async () => {
    const messages = ["1", "2"].map((id) => messageOf(id, [put(`${id}.json`, film(id))]));
    ingest.bucket.read = () => Promise.reject(new Error("read after the end of the time"));
    expect(await ingest.returned(messages, contextWith(1_000))).toEqual(["1", "2"]);
    for (const { more } of ingest.lines.slice(0, 2)) {
      expect(more).toMatchObject({ error: { message: "the time of this invocation is up" } });
    }
  });

  test("while the bucket does not answer, all come again", async () => {
    const messages = ["1", "2"].map((id) => messageOf(id, [put(`${id}.json`, film(id))]));
    ingest.bucket.read = () => new Promise(() => {});
    expect(await ingest.returned(messages, contextWith(1_100))).toEqual(["1", "2"]);
    expect(ingest.ends).toBe(0);
  });

  test("while the store does not answer, all come again, and the environment ends with its transaction", async () => {
    const messages = ["1", "2"].map((id) => messageOf(id, [put(`${id}.json`, film(id))]));
    ingest.repository.append = () => new Promise(() => {});
    expect(await ingest.returned(messages, contextWith(1_100))).toEqual(["1", "2"]);
    expect(ingest.ends).toBe(1);
  });
});

describe("what is told of a batch", () => {
  test("names each object that needs attention, and has nothing of its content", async () => {
    const messages = [
      messageOf("a", [put("1.json", film("1", { title: "secret" }))]),
      messageOf("b", [put("2.json", '{"title":"secret"')]),
      messageOf("c", [absent]),
      messageWith("d", "secret"),
    ];
    await ingest.returned(messages);
    expect(ingest.lines.map(({ level, message }) => [level, message])).toEqual([
      ["debug", "taken in"],
      ["warn", "put into the quarantine"],
      ["error", "a message is no event"],
      ["warn", "returned"],
      ["info", "batch done"],
    ]);
    expect(ingest.lines[1]?.more).toMatchObject({
      key: "providers/acme/2.json",
      rejection: { code: "bad-json" },
    });
    expect(ingest.lines[4]?.more).toEqual({ messages: 4, returned: 2, accepted: 1, rejected: 1 });
    expect(JSON.stringify(ingest.lines)).not.toContain("secret");
  });

  test("measures verdicts, the delay from event to readable film, and what is returned", async () => {
    const first = { ...put("1.json", film("1")), eventTimeMs: NOW_MS - 250 };
    const second = { ...put("1.json", film("1", { title: "Newer" })), eventTimeMs: NOW_MS - 100 };
    await ingest.returned([messageOf("a", [first]), messageOf("b", [absent])]);
    expect(ingest.measured).toEqual([
      ["UpdatesAccepted", 1],
      ["EventToReadable", 250],
      ["MessagesReturned", 1],
    ]);
    ingest.measured.length = 0;
    await ingest.returned([messageOf("a", [first]), messageOf("b", [second])]);
    expect(ingest.measured).toEqual([
      ["UpdatesDuplicate", 1],
      ["UpdatesAccepted", 1],
      ["EventToReadable", 100],
      ["MessagesReturned", 0],
    ]);
  });
});

/** The same bucket, some of whose objects can't be read now. */
function failingReads(fails: (address: ObjectAddress) => boolean): RunningIngest {
  const { bucket } = ingest;
  const source = readingBy(bucket, async (address) => {
    if (fails(address)) throw new MovieStoreError("unavailable", "the bucket is away");
    return bucket.read(address);
  });
  const failing = new RunningIngest({ source });
  Object.assign(failing, { bucket });
  return failing;
}
