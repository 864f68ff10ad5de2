/** The contract of the UpdateSource port. */

import { compareText } from "../normalise.ts";
import { readSubmission } from "../submission.ts";
import { MAX_OBJECT_BYTES, type ReceivedObject } from "../update.ts";
import type { ObjectAddress, UpdateSource } from "../update-source.ts";
import { encodeUtf8 } from "../utf8.ts";
import { expectEqual, expectError, expectSequence, expectThat } from "./assertions.ts";
import { allDone, type ContractCase, caseOf } from "./contract.ts";
import { Random } from "./random.ts";

/** An empty bucket, and the way in which providers write to it. */
export interface OpenedSource {
  readonly source: UpdateSource;
  /** The bucket's name in addresses. */
  readonly bucket: string;
  /** Writes an object, or a new version of it. When it resolves, the source has to find it. */
  readonly put: (key: string, bytes: Uint8Array) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
  /** Called once when the case is over, whether or not it has closed the source; default: closes it. */
  readonly close?: () => Promise<void>;
}

export type SourceOpener = () => Promise<OpenedSource>;

export interface SourceCapabilities {
  /**
   * Whether two versions of one key are told apart even where their contents are the same; default `true`. Without
   * it only a change of content has to make another version.
   */
  readonly versions?: boolean;
  /** How many objects a long list has; default 30. Choose more than the source lists at once. */
  readonly manyKeys?: number;
  /** What all keys begin with; default `providers/`. */
  readonly prefix?: string;
}

/**
 * Every promise of {@link UpdateSource}, as cases.
 *
 * @param open gives an empty bucket of its own, at every call.
 * @param capabilities what the source can do; cases that need more are left out.
 *
 * @example
 * ```ts
 * import { test } from "vitest";
 * import { MemoryUpdateSource } from "@movie-store/core";
 * import { updateSourceContract } from "@movie-store/core/testing";
 *
 * const cases = updateSourceContract(async () => {
 *   const source = new MemoryUpdateSource({ bucket: "films" });
 *   return {
 *     source,
 *     bucket: "films",
 *     put: async (key, bytes) => void source.put(key, bytes),
 *     remove: async (key) => source.delete(key),
 *   };
 * });
 * for (const each of cases) test(each.name, () => each.run());
 * ```
 */
export function updateSourceContract(
  open: SourceOpener,
  capabilities: SourceCapabilities = {},
): readonly ContractCase[] {
  const { versions = true, manyKeys = 30, prefix = "providers/" } = capabilities;
  const define: DefineSourceCase = (name, body) =>
    caseOf(
      name,
      open,
      async ({ source, close }) => (close === undefined ? source.close() : close()),
      (opened) => body(opened, (name) => `${prefix}${name}`),
    );
  return [
    ...readCases(define),
    ...versionCases(define, versions),
    ...listCases(define, manyKeys),
    closeCase(define),
  ];
}

type DefineSourceCase = (
  name: string,
  body: (opened: OpenedSource, keyOf: (name: string) => string) => Promise<void>,
) => ContractCase;

function readCases(define: DefineSourceCase): readonly ContractCase[] {
  return [
    define(
      "an object is read with exactly the bytes that were put",
      async ({ source, bucket, put }, keyOf) => {
        const contents = {
          "every byte": Uint8Array.from({ length: 512 }, (_, at) => at % 256),
          "not UTF-8": Uint8Array.of(0xff, 0xfe, 0x00, 0xc3),
          "a byte order mark": encodeUtf8("\ufeff{}\r\n"),
          "one byte": Uint8Array.of(0x20),
          nothing: new Uint8Array(),
          "the greatest size": filled(MAX_OBJECT_BYTES, 7),
        };
        for (const [name, bytes] of Object.entries(contents)) {
          const key = keyOf(`acme/${name}.json`);
          await put(key, bytes);
          const object = await source.read({ bucket, key });
          expectThat(object.fault === undefined, `${key} was read with the fault ${object.fault?.code}`);
          expectEqual(object.bytes, bytes, `the bytes of ${key}`);
          expectEqual([object.bucket, object.key], [bucket, key], "the bucket and key of the object");
          expectThat(
            Number.isSafeInteger(object.eventTimeMs) && object.eventTimeMs >= 0,
            `eventTimeMs of ${key} is ${object.eventTimeMs}, expected whole milliseconds since 1970`,
          );
        }
      },
    ),

    define(
      "keys with spaces, plus, percent and any letters are taken literally",
      async ({ source, bucket, put }, keyOf) => {
        for (const key of ODD_NAMES.map(keyOf)) await put(key, encodeUtf8(key));
        for (const key of ODD_NAMES.map(keyOf)) {
          const object = await source.read({ bucket, key });
          expectThat(object.fault === undefined, `${key} was read with the fault ${object.fault?.code}`);
          expectEqual(object.bytes, encodeUtf8(key), `the bytes of ${key}, which are its key,`);
          expectEqual(object.key, key, "the key of the object");
        }
        const listed = await keysOf(source, keyOf(""));
        expectSequence(listed, ODD_NAMES.map(keyOf).toSorted(compareText), "the keys listed");
      },
    ),

    define("an object that is not there is gone", async ({ source, bucket, put, remove }, keyOf) => {
      const key = keyOf("acme/gone.json");
      expectGone(await source.read({ bucket, key }), bucket, key, "that was never there");
      await put(key, encodeUtf8("{}"));
      await remove(key);
      expectGone(await source.read({ bucket, key }), bucket, key, "that was removed");
      const [nested, sibling] = [`${key}/more.json`, keyOf("acme/go")];
      for (const other of [nested, sibling]) {
        expectGone(
          await source.read({ bucket, key: other }),
          bucket,
          other,
          "whose key only looks like another",
        );
      }
      const versioned = { bucket, key, versionId: "no-such-version", sequencer: "0A", eventTimeMs: 5 };
      const object = await source.read(versioned);
      expectGone(object, bucket, key, "of a version that never was");
      expectEqual(object.eventTimeMs, 5, "eventTimeMs of a gone object, as its address says it,");
    }),

    define(
      "an object over 1 MiB comes without bytes, as too large",
      async ({ source, bucket, put }, keyOf) => {
        const [large, small] = [keyOf("acme/large.json"), keyOf("acme/small.json")];
        await put(large, filled(MAX_OBJECT_BYTES + 1, 7));
        await put(small, encodeUtf8("{}"));
        const object = await source.read({ bucket, key: large });
        expectEqual(object.fault?.code, "too-large", "the fault of an object of 1 MiB and a byte");
        expectThat((object.fault?.reason ?? "") !== "", "the fault has no reason for the provider to read");
        expectEqual(object.bytes.length, 0, "the number of bytes that come with it");
        expectEqual([object.bucket, object.key], [bucket, large], "its bucket and key");
        expectEqual(
          (await source.read({ bucket, key: small })).bytes,
          encodeUtf8("{}"),
          "the next object's bytes",
        );
      },
    ),

    define("an object that is being written is never read half", async ({ source, bucket, put }, keyOf) => {
      const key = keyOf("acme/busy.json");
      const contents = [1, 2, 3].map((byte) => filled(200_000 + byte, byte));
      await put(key, contents[0] as Uint8Array);
      for (const content of contents.slice(1)) {
        const [, ...objects] = await Promise.all([
          put(key, content),
          ...[1, 2, 3].map(() => tryToRead(source, { bucket, key })),
        ]);
        for (const object of objects) {
          if (object === undefined || object.fault?.code === "gone") continue;
          const whole = contents.find((each) => each[0] === object.bytes[0]);
          expectEqual(object.bytes, whole ?? content, "the bytes read while the object was being replaced");
        }
      }
    }),
  ];
}

function versionCases(define: DefineSourceCase, versions: boolean): readonly ContractCase[] {
  return [
    define(
      "one version of an object is one update, however often and by whatever address it is read",
      async (opened, keyOf) => {
        const { source, bucket, put } = opened;
        const key = keyOf("acme/film.json");
        await put(key, encodeUtf8('{"id":1}'));
        const first = await source.read({ bucket, key });
        const again = await source.read({ bucket, key });
        const listed = await source.read((await listedOf(source, key))[0] as ObjectAddress);
        const named = await source.read(addressOf(first));
        // An event and a listing say different times of one object.
        const dated = await source.read({ ...addressOf(first), eventTimeMs: first.eventTimeMs + 3_600_000 });
        for (const other of [again, listed, named, dated]) {
          expectEqual(other.bytes, first.bytes, "the bytes of the same version, read another time");
          expectEqual(
            updateIdOf(other),
            updateIdOf(first),
            "the id of the update, told by bucket, key and version,",
          );
          expectEqual(other.eventTimeMs, first.eventTimeMs, "eventTimeMs, which is the source's own,");
        }
      },
    ),

    define("a new version of an object is another update", async ({ source, bucket, put }, keyOf) => {
      const key = keyOf("acme/film.json");
      const contents = versions ? ["A", "B", "A"] : ["A", "B"];
      const ids: string[] = [];
      for (const content of contents) {
        await put(key, encodeUtf8(content));
        const object = await source.read({ bucket, key });
        expectEqual(object.bytes, encodeUtf8(content), "the bytes of the newest version");
        ids.push(updateIdOf(object));
        if (versions)
          expectThat(
            object.versionId !== undefined,
            "versionId is missing: the capability `versions` promises it",
          );
      }
      const distinct = new Set(ids).size;
      expectThat(
        distinct === contents.length,
        `${contents.length} versions (${contents.join(", ")}) of one key were taken for ${distinct}: versionId does not tell them apart`,
      );
    }),

    define(
      "list gives every version that can be read, oldest first",
      async ({ source, bucket, put }, keyOf) => {
        const [key, other] = [keyOf("acme/film.json"), keyOf("acme/other.json")];
        const written: ReceivedObject[] = [];
        for (const content of ["A", "B", "C"]) {
          await put(key, encodeUtf8(content));
          written.push(await source.read({ bucket, key }));
          await put(other, encodeUtf8(content));
        }
        const kept: string[] = [];
        for (const object of written) {
          // An address without a version id gives the newest, so that an older one is found to be another.
          const found = await source.read(addressOf(object));
          if (found.fault === undefined && updateIdOf(found) === updateIdOf(object))
            kept.push(updateIdOf(found));
        }
        const newest = updateIdOf(written.at(-1) as ReceivedObject);
        expectEqual(kept.at(-1), newest, "the last of the versions that can be read");
        const listed: string[] = [];
        for (const address of await listedOf(source, key)) {
          listed.push(updateIdOf(await source.read(address)));
        }
        expectSequence(listed, kept, "the updates listed of a key with three versions");
      },
    ),

    define(
      "the address of an older version never gives the newer one",
      async ({ source, bucket, put }, keyOf) => {
        const key = keyOf("acme/film.json");
        await put(key, encodeUtf8("older"));
        const older = await source.read({ bucket, key });
        if (older.versionId === undefined) return;
        await put(key, encodeUtf8("newer"));
        expectEqual(older.bytes, encodeUtf8("older"), "bytes that were read before a new version came");
        const object = await source.read(addressOf(older));
        if (object.fault?.code === "gone") return;
        expectEqual(object.bytes, encodeUtf8("older"), "the bytes under the address of the older version");
      },
    ),
  ];
}

function listCases(define: DefineSourceCase, manyKeys: number): readonly ContractCase[] {
  return [
    define("an empty bucket lists nothing", async ({ source }, keyOf) => {
      expectEqual(await keysOf(source, keyOf("")), [], "the keys of an empty bucket");
      expectEqual(await keysOf(source, ""), [], "the keys of an empty bucket");
    }),

    define(
      "list gives the keys below the prefix in the order of UTF-8 bytes, and nothing that is gone",
      async ({ source, bucket, put, remove }, keyOf) => {
        const keys = ORDERED_NAMES.map(keyOf);
        for (const key of new Random(1).shuffled(keys)) await put(key, encodeUtf8("{}"));
        const removed = keyOf("acme/removed.json");
        await put(removed, encodeUtf8("{}"));
        await remove(removed);
        const sorted = keys.toSorted(compareText);
        for (const name of ["", "acme/", "acme/a", "acme/a/", "acme/a.json", "zeta/", "nobody/", "acme/é"]) {
          const expected = sorted.filter((key) => key.startsWith(keyOf(name)));
          // A source that keeps versions has that of the removed object still.
          const listed = (await keysOf(source, keyOf(name))).filter((key) => key !== removed);
          expectSequence(listed, expected, `list("${keyOf(name)}")`);
        }
        for (const address of await listedOf(source, keyOf(""))) {
          expectEqual(address.bucket, bucket, `the bucket in the address of ${address.key}`);
          const object = await source.read(address);
          expectThat(
            object.fault === undefined,
            `${address.key} was listed, but reading it gave ${object.fault?.code}`,
          );
        }
      },
    ),

    define("a long list forgets and repeats no key", async ({ source, put }, keyOf) => {
      const names = Array.from({ length: manyKeys }, (_, at) => `acme/${at % 3}/film ${at}.json`);
      for (let at = 0; at < names.length; at += 50) {
        const some = names.slice(at, at + 50);
        await allDone(some.map((name) => put(keyOf(name), encodeUtf8("{}"))));
      }
      const expected = names.map(keyOf).toSorted(compareText);
      expectSequence(await keysOf(source, keyOf("acme/")), expected, `a list of ${manyKeys} keys`);
    }),

    define("lists may run side by side and may be left early", async ({ source, put }, keyOf) => {
      const keys = Array.from({ length: 5 }, (_, at) => keyOf(`acme/${at}.json`));
      for (const key of keys) await put(key, encodeUtf8("{}"));
      for await (const address of source.list(keyOf(""))) {
        expectEqual(address.key, keys[0], "the first key of a list that is left early");
        break;
      }
      const lists = await allDone([
        keysOf(source, keyOf("")),
        keysOf(source, keyOf("acme/")),
        keysOf(source, keyOf("acme/3")),
      ]);
      expectEqual(lists, [keys, keys, keys.slice(3, 4)], "three lists side by side");
    }),
  ];
}

function closeCase(define: DefineSourceCase): ContractCase {
  return define(
    "a closed source says `closed`, and closing twice is fine",
    async ({ source, bucket, put }, keyOf) => {
      const keys = [keyOf("acme/1.json"), keyOf("acme/2.json")] as const;
      for (const key of keys) await put(key, encodeUtf8("{}"));
      const begun = source.list(keyOf(""))[Symbol.asyncIterator]();
      await begun.next();
      await source.close();
      await source.close();
      await expectError("closed", () => source.read({ bucket, key: keys[0] }), "read after close");
      await expectError("closed", () => keysOf(source, keyOf("")), "list after close");
      await expectError("closed", () => begun.next(), "the next step of a list that had begun before close");
    },
  );
}

const ODD_NAMES = [
  "acme/with space.json",
  "acme/a+b.json",
  "acme/100%.json",
  "acme/%2B.json",
  "acme/%E0%A4%A.json",
  "acme/amélie.json",
  "acme/東京物語.json",
  "acme/🎬.json",
  "acme/it's (1) & more; #2, [3] ~4.json",
  "acme/dots..and...dots.json",
];

/** A walk through folders that sorts names alone puts some of these in another order than their keys have. */
const ORDERED_NAMES = [
  "acme/a.json",
  "acme/a/b.json",
  "acme/a-b.json",
  "acme/a0.json",
  "acme/a b/c.json",
  "acme/a/b/c.json",
  "acme/B.json",
  "acme/é.json",
  "acme/\ufdfd.json",
  "acme/🎬.json",
  "acme-2/a.json",
  "acme.b/a.json",
  "zeta/z.json",
];

function filled(length: number, byte: number): Uint8Array {
  return new Uint8Array(length).fill(byte);
}

function addressOf({ bucket, key, versionId }: ReceivedObject): ObjectAddress {
  return { bucket, key, ...(versionId === undefined ? {} : { versionId }) };
}

function updateIdOf(object: ReceivedObject): string {
  return readSubmission(object, object.eventTimeMs).updateId;
}

async function listedOf(source: UpdateSource, prefix: string): Promise<readonly ObjectAddress[]> {
  const addresses: ObjectAddress[] = [];
  for await (const address of source.list(prefix)) addresses.push(address);
  return addresses;
}

async function keysOf(source: UpdateSource, prefix: string): Promise<readonly string[]> {
  return (await listedOf(source, prefix)).map((address) => address.key);
}

function expectGone(object: ReceivedObject, bucket: string, key: string, which: string): void {
  expectEqual(object.fault?.code, "gone", `the fault of an object ${which} (${key})`);
  expectThat((object.fault?.reason ?? "") !== "", "the fault has no reason for the provider to read");
  expectEqual(
    [object.bucket, object.key, object.bytes.length],
    [bucket, key, 0],
    "its bucket, key and number of bytes",
  );
}

/** `undefined` where the source says that the object may be read later. */
async function tryToRead(source: UpdateSource, address: ObjectAddress): Promise<ReceivedObject | undefined> {
  try {
    return await source.read(address);
  } catch (error) {
    await expectError("unavailable", () => Promise.reject(error), "reading an object that is being replaced");
    return undefined;
  }
}
