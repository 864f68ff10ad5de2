import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Announcement, readInvocation } from "./event.ts";

const FOLDER = new URL("../events/", import.meta.url);

function sample(name: string) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
}

const heat: Announcement = {
  address: {
    bucket: "films",
    key: "providers/acme/heat-1995.json",
    versionId: "096fKKXTRTtl3on89fVO.nfljtsv6qko",
    sequencer: "0055AED6DCD90281E5",
    eventTimeMs: Date.UTC(2024, 3, 20, 12, 0, 0, 123),
  },
};

function heatWith(difference: Partial<Announcement["address"]>): Announcement {
  return { address: { ...heat.address, ...difference } };
}

const up = heatWith({
  key: "providers/acme/up-2009.json",
  versionId: "Up0fKKXTRTtl3on89fVO.nfljtsv6qks",
  sequencer: "0055AED6DCD90281EA",
});

const bridged = heatWith({
  key: "providers/acme/am%lie + more.json",
  versionId: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
  sequencer: "00617F08299329D189",
  eventTimeMs: Date.UTC(2024, 3, 20, 12),
});

const { versionId: _, ...unversioned } = heat.address;

const announced: Readonly<Record<string, readonly Announcement[]>> = {
  "s3-put": [heat],
  "s3-put-encoded-key": [
    heatWith({
      key: "providers/acme/amélie + more 100%.json",
      versionId: "Hq0fKKXTRTtl3on89fVO.nfljtsv6qkp",
      sequencer: "0055AED6DCD90281E6",
    }),
  ],
  "s3-put-malformed-key": [
    {
      ...heatWith({ key: "providers/acme/100%.json" }),
      fault: { code: "bad-key", reason: "the key of the event can't be decoded", field: "key" },
    },
  ],
  "s3-multipart": [
    heatWith({
      key: "providers/acme/export.json.gz",
      versionId: "Mp0fKKXTRTtl3on89fVO.nfljtsv6qkq",
      sequencer: "0055AED6DCD90281E7",
    }),
  ],
  "s3-copy-unversioned": [
    { address: { ...unversioned, key: "providers/acme/alien-1979.json", sequencer: "0055AED6DCD90281E8" } },
  ],
  "s3-several-records": [heat, up],
  "s3-delete-marker": [],
  "s3-delete": [],
  "s3-lifecycle-expiration": [],
  "s3-folder": [],
  "s3-receipt": [],
  "s3-test-event": [],
  "eventbridge-object-created": [bridged],
  "eventbridge-object-deleted": [],
};

describe("an event that comes directly", () => {
  test.each(Object.entries(announced))("%s is read", (name, announcements) => {
    expect(readInvocation(sample(name))).toEqual({
      kind: "direct",
      messages: [{ id: "event", announcements }],
    });
  });

  test("every sample is in this test", () => {
    const names = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ""));
    const tested = [...Object.keys(announced), "s3-unknown-version", "sqs-batch"];
    expect(names.sort()).toEqual(tested.sort());
  });

  test.each([
    ["under a key that can't be decoded", "s3-put", "receipts/acme/%E0%A4%A.json"],
    ["under an encoded one", "s3-put", "receipts%2Facme/1.json"],
    ["from EventBridge", "eventbridge-object-created", "receipts/acme/1.json"],
  ])("a receipt %s announces nothing", (_, name, key) => {
    const event = sample(name);
    const { object } = event.detail ?? event.Records[0].s3;
    object.key = key;
    expect(readInvocation(event).messages).toEqual([{ id: "event", announcements: [] }]);
  });

  test("a provider may have the name of the receipts' folder", () => {
    const event = sample("s3-put");
    event.Records[0].s3.object.key = "providers/receipts/1.json";
    expect(readInvocation(event).messages[0]?.announcements).toHaveLength(1);
  });

  test("fields that are null are absent ones, and a time that is none does not matter", () => {
    const event = sample("s3-put");
    Object.assign(event.Records[0].s3.object, { versionId: null, sequencer: null });
    event.Records[0].eventTime = "yesterday";
    const { bucket, key } = heat.address;
    expect(readInvocation(event).messages[0]?.announcements).toEqual([{ address: { bucket, key } }]);
  });

  test.each<[string, unknown, RegExp]>([
    ["of another major version", sample("s3-unknown-version"), /eventVersion: is not of version 2/],
    [
      "of another service",
      { Records: [{ eventVersion: "2.1", eventSource: "aws:ses", eventName: "x" }] },
      /eventSource/,
    ],
    ["without the name of the bucket", without("bucket"), /s3\.bucket/],
    ["without a key", without("object"), /s3\.object/],
    ["without records", { Records: [] }, /Records/],
    ["that is nothing", null, /no event of a bucket: it/],
    ["that is a text", "Records", /no event of a bucket/],
    ["of EventBridge without detail", { ...sample("eventbridge-object-created"), detail: {} }, /bucket/],
  ])("one %s is unreadable, and the reason says why", (_, event, reason) => {
    const { kind, messages } = readInvocation(event);
    expect(kind).toBe("direct");
    expect(messages).toMatchObject([{ announcements: [], unreadable: expect.stringMatching(reason) }]);
  });

  test("one good record does not hide a bad one", () => {
    const event = { Records: [...sample("s3-put").Records, ...sample("s3-unknown-version").Records] };
    expect(readInvocation(event).messages[0]).toMatchObject({
      announcements: [],
      unreadable: expect.stringContaining("version 2"),
    });
  });
});

describe("a batch of SQS", () => {
  test("has a message for each of its records, with whatever event is in it", () => {
    const ids = [
      "059f36b4-87a3-44ab-83d2-661975830a7d",
      "2e1424d4-f796-459a-8184-9c92662be6da",
      "6a3a1f0e-3c2b-4f10-9d0e-3c8f6d7b1a55",
      "b0c5d7c2-0d7e-4c62-8f0a-5b3a7a9a2f11",
    ];
    expect(readInvocation(sample("sqs-batch"))).toEqual({
      kind: "queue",
      messages: [
        { id: ids[0], receiveCount: 1, announcements: [heat] },
        { id: ids[1], receiveCount: 2, announcements: [up] },
        { id: ids[2], receiveCount: 1, announcements: [] },
        { id: ids[3], receiveCount: 1, announcements: [bridged] },
      ],
    });
  });

  test.each(["no JSON, secret", "null", '"text"', "[]", '{"Records":[{}]}', ""])(
    "a body of %j is unreadable alone, and the reason repeats nothing of it",
    (body) => {
      const event = sample("sqs-batch");
      event.Records[1].body = body;
      const { messages } = readInvocation(event);
      expect(messages.map(({ unreadable }) => unreadable !== undefined)).toEqual([false, true, false, false]);
      expect(messages[1]?.unreadable).not.toContain("secret");
    },
  );
});

function without(field: "bucket" | "object") {
  const event = sample("s3-put");
  delete event.Records[0].s3[field];
  return event;
}
