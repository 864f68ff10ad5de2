/** The reference implementation of UpdateSource: a versioned bucket in memory, for tests and for trying things out. */

import { MovieStoreError } from "../errors.ts";
import { compareText } from "../normalise.ts";
import { MAX_OBJECT_BYTES, type ReceivedObject } from "../update.ts";
import type { ObjectAddress, UpdateSource } from "../update-source.ts";
import { encodeUtf8 } from "../utf8.ts";

export class MemoryUpdateSource implements UpdateSource {
  readonly #bucket: string;
  readonly #clock: () => number;
  readonly #versions = new Map<string, ReceivedObject[]>();
  #count = 0;
  #closed = false;

  constructor(options: { readonly bucket?: string; readonly clock?: () => number } = {}) {
    this.#bucket = options.bucket ?? "memory";
    this.#clock = options.clock ?? Date.now;
  }

  /** Puts an object as a provider would. @returns its address with the new version. */
  put(key: string, content: string | Uint8Array): ObjectAddress {
    this.#count++;
    const object = {
      bucket: this.#bucket,
      key,
      versionId: `v${this.#count}`,
      sequencer: this.#count.toString(16).padStart(16, "0"),
      eventTimeMs: this.#clock(),
      bytes: typeof content === "string" ? encodeUtf8(content) : content,
    };
    this.#versions.set(key, [...(this.#versions.get(key) ?? []), object]);
    return addressOf(object);
  }

  /** Forgets an object with all its versions. */
  delete(key: string): void {
    this.#versions.delete(key);
  }

  async read(address: ObjectAddress): Promise<ReceivedObject> {
    this.#open();
    const versions = this.#versions.get(address.key) ?? [];
    const object =
      address.versionId === undefined
        ? versions.at(-1)
        : versions.find((version) => version.versionId === address.versionId);
    if (object === undefined) {
      const fault = { code: "gone", reason: "the object no longer existed when it was to be read" } as const;
      return { ...address, eventTimeMs: address.eventTimeMs ?? 0, bytes: new Uint8Array(), fault };
    }
    if (object.bytes.length > MAX_OBJECT_BYTES) {
      const reason = `an object has at most ${MAX_OBJECT_BYTES} bytes, this one ${object.bytes.length}`;
      return { ...object, bytes: new Uint8Array(), fault: { code: "too-large", reason } };
    }
    return object;
  }

  async *list(prefix: string): AsyncIterable<ObjectAddress> {
    this.#open();
    for (const key of [...this.#versions.keys()].sort(compareText)) {
      if (!key.startsWith(prefix)) continue;
      for (const version of this.#versions.get(key) ?? []) {
        yield addressOf(version);
        this.#open();
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #open(): void {
    if (this.#closed) throw new MovieStoreError("closed", "the source has been closed");
  }
}

function addressOf(object: ReceivedObject): ObjectAddress {
  const { bytes: _, fault: __, ...address } = object;
  return address;
}
