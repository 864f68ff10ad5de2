/** Sources that break one promise each. The contract has to tell each of them, and say what is wrong. */

import { describe, expect, test } from "vitest";
import { MemoryUpdateSource } from "../memory/update-source.ts";
import { MAX_OBJECT_BYTES, type ReceivedObject } from "../update.ts";
import type { ObjectAddress } from "../update-source.ts";
import { runContract } from "./contract.ts";
import { updateSourceContract } from "./update-source-contract.ts";

class ReadsHalf extends MemoryUpdateSource {
  override async read(address: ObjectAddress): Promise<ReceivedObject> {
    const object = await super.read(address);
    return { ...object, bytes: object.bytes.slice(0, Math.ceil(object.bytes.length / 2)) };
  }
}

/** Reads what is there of a file whose new content is just being written. */
class ReadsWhileWriting extends MemoryUpdateSource {
  override put(key: string, content: Uint8Array): ObjectAddress {
    super.put(key, content.slice(0, Math.ceil(content.length / 2)));
    queueMicrotask(() => super.put(key, content));
    return { bucket: "films", key };
  }
}

class ForgetsAKey extends MemoryUpdateSource {
  override async *list(prefix: string): AsyncIterable<ObjectAddress> {
    let place = 0;
    // The key at which one page ends and the next begins falls between the two.
    for await (const address of super.list(prefix)) if (++place % 10 !== 0) yield address;
  }
}

class ListsByUtf16 extends MemoryUpdateSource {
  override async *list(prefix: string): AsyncIterable<ObjectAddress> {
    const addresses: ObjectAddress[] = [];
    for await (const address of super.list(prefix)) addresses.push(address);
    yield* addresses.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

class ListsTheNewestAlone extends MemoryUpdateSource {
  override async *list(prefix: string): AsyncIterable<ObjectAddress> {
    const newest = new Map<string, ObjectAddress>();
    for await (const address of super.list(prefix)) newest.set(address.key, address);
    yield* newest.values();
  }
}

/** As Amazon S3 answers. */
class ListsTheNewestFirst extends MemoryUpdateSource {
  override async *list(prefix: string): AsyncIterable<ObjectAddress> {
    const versions = new Map<string, ObjectAddress[]>();
    for await (const address of super.list(prefix)) {
      versions.set(address.key, [address, ...(versions.get(address.key) ?? [])]);
    }
    for (const addresses of versions.values()) yield* addresses;
  }
}

class ListsWhatIsGone extends MemoryUpdateSource {
  readonly #removed: string[] = [];

  override delete(key: string): void {
    super.delete(key);
    this.#removed.push(key);
  }

  override async *list(prefix: string): AsyncIterable<ObjectAddress> {
    yield* super.list(prefix);
    for (const key of this.#removed) if (key.startsWith(prefix)) yield { bucket: "films", key };
  }
}

/** Believes the message that named the object. */
class DatesByTheAddress extends MemoryUpdateSource {
  override async read(address: ObjectAddress): Promise<ReceivedObject> {
    const object = await super.read(address);
    return { ...object, eventTimeMs: address.eventTimeMs ?? object.eventTimeMs };
  }
}

/** Takes the prefix for a folder. */
class ListsFolders extends MemoryUpdateSource {
  override async *list(prefix: string): AsyncIterable<ObjectAddress> {
    for await (const address of super.list(prefix)) {
      if (prefix === "" || prefix.endsWith("/") || address.key === prefix) yield address;
    }
  }
}

class DecodesKeys extends MemoryUpdateSource {
  override read(address: ObjectAddress): Promise<ReceivedObject> {
    return super.read({ ...address, key: address.key.replaceAll("+", " ") });
  }
}

class TellsVersionsByContent extends MemoryUpdateSource {
  override async read(address: ObjectAddress): Promise<ReceivedObject> {
    const { versionId: _, ...newest } = address;
    const object = await super.read(newest);
    return { ...object, versionId: `size-${object.bytes.length}-${object.bytes[0]}` };
  }
}

class ReadsTheNewestAlways extends MemoryUpdateSource {
  override read({ bucket, key }: ObjectAddress): Promise<ReceivedObject> {
    return super.read({ bucket, key });
  }
}

class ReadsAnySize extends MemoryUpdateSource {
  override async read(address: ObjectAddress): Promise<ReceivedObject> {
    const { fault, ...object } = await super.read(address);
    if (fault?.code === "gone") return { ...object, fault };
    return fault === undefined ? object : { ...object, bytes: new Uint8Array(MAX_OBJECT_BYTES + 1) };
  }
}

class TakesGoneForEmpty extends MemoryUpdateSource {
  override async read(address: ObjectAddress): Promise<ReceivedObject> {
    const { fault: _, ...object } = await super.read(address);
    return object;
  }
}

class ReadsAfterClose extends MemoryUpdateSource {
  override async close(): Promise<void> {}
}

const VARIANTS: readonly (readonly [variant: typeof MemoryUpdateSource, failing: string, message: RegExp])[] =
  [
    [ReadsHalf, "an object is read with exactly the bytes that were put", /got 256 bytes, expected 512/],
    [
      ReadsWhileWriting,
      "an object that is being written is never read half",
      /bytes read while the object was being replaced/,
    ],
    [ForgetsAKey, "a long list forgets and repeats no key", /a list of 30 keys: 3 missing: /],
    [
      ForgetsAKey,
      "list gives the keys below the prefix in the order of UTF-8 bytes, and nothing that is gone",
      /1 missing: /,
    ],
    [
      ListsByUtf16,
      "list gives the keys below the prefix in the order of UTF-8 bytes, and nothing that is gone",
      /wrong order at place/,
    ],
    [
      ListsTheNewestAlone,
      "list gives every version that can be read, oldest first",
      /three versions: 2 missing/,
    ],
    [
      ListsTheNewestFirst,
      "list gives every version that can be read, oldest first",
      /three versions: wrong order/,
    ],
    [
      ListsWhatIsGone,
      "list gives the keys below the prefix in the order of UTF-8 bytes, and nothing that is gone",
      /acme\/removed\.json was listed, but reading it gave gone/,
    ],
    [
      DatesByTheAddress,
      "one version of an object is one update, however often and by whatever address it is read",
      /eventTimeMs, which is the source's own/,
    ],
    [
      ListsFolders,
      "list gives the keys below the prefix in the order of UTF-8 bytes, and nothing that is gone",
      /list\("providers\/acme\/a"\): \d missing/,
    ],
    [
      DecodesKeys,
      "keys with spaces, plus, percent and any letters are taken literally",
      /a\+b\.json was read with the fault gone/,
    ],
    [
      TellsVersionsByContent,
      "a new version of an object is another update",
      /3 versions \(A, B, A\) of one key were taken for 2/,
    ],
    [
      ReadsTheNewestAlways,
      "the address of an older version never gives the newer one",
      /got 5 bytes, expected 5; byte 0/,
    ],
    [ReadsAnySize, "an object over 1 MiB comes without bytes, as too large", /expected "too-large"/],
    [TakesGoneForEmpty, "an object that is not there is gone", /the fault of an object that was never there/],
    [
      ReadsAfterClose,
      "a closed source says `closed`, and closing twice is fine",
      /expected a MovieStoreError with code closed/,
    ],
  ];

describe("the source contract tells a source that", () => {
  for (const [Variant, failing, message] of VARIANTS) {
    test(`${Variant.name}, by the case "${failing}"`, async () => {
      const cases = updateSourceContract(async () => {
        const source = new Variant({ bucket: "films" });
        return {
          source,
          bucket: "films",
          put: async (key, bytes) => void source.put(key, bytes),
          remove: async (key) => source.delete(key),
        };
      });
      const failures = await runContract(cases.filter((each) => each.name === failing));
      expect(failures.map((failure) => failure.name)).toEqual([failing]);
      expect(failures[0]?.message).toMatch(message);
    });
  }
});
