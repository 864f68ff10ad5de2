/** The UpdateSource port: the bucket, or what stands for one. */

import type { ReceivedObject } from "./update.ts";

/** Names one object, and if `versionId` is there, one version of it. */
export interface ObjectAddress {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  /** Without it the newest version is meant. */
  readonly versionId?: string;
  readonly sequencer?: string;
  /** Milliseconds since 1970, where the message that named the object said it. */
  readonly eventTimeMs?: number;
}

export interface UpdateSource {
  /**
   * Reads one object. One of more than 1 MiB is not read: it comes without bytes and with the fault `too-large`;
   * one that no longer exists comes with the fault `gone`. The bytes are those of one moment: an object that is
   * being written is never read half. What is read is dated by the source, the same for every address that leads to
   * it; only a gone one has the time of its address.
   *
   * @throws MovieStoreError `unavailable` when the object may be read later.
   */
  read(address: ObjectAddress): Promise<ReceivedObject>;

  /**
   * Every version that can be read of every object whose key starts with `prefix`, each once: in the order of their
   * keys (as UTF-8 bytes), the versions of one key oldest first. A source that keeps no older versions gives the one
   * it has. Objects that come or go meanwhile may be missing.
   *
   * @throws MovieStoreError `unavailable`, from the iteration.
   */
  list(prefix: string): AsyncIterable<ObjectAddress>;

  /** Frees connections and watches; pending calls fail with `closed`. */
  close(): Promise<void>;
}
