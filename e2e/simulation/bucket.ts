/** A bucket of objects that never change, and the queue that is told of them: at least once, in any order. */

import { type ReceivedObject, type UpdateSource, updateIdOfVersion } from "@movie-store/core";
import type { SimulatedProcess } from "./process.ts";
import type { Step } from "./step.ts";

/** An object that providers put, under the name that stories call it by. */
export interface NamedObject {
  readonly name: string;
  readonly object: ReceivedObject;
}

/** Providers put their objects nearly in the order in which they wrote them. */
const PUTS_AT_ONCE = 2;

export class Bucket {
  readonly #waiting: NamedObject[];
  readonly #objects = new Map<string, ReceivedObject>();
  /** What the bucket has not told the queue of yet. */
  #events: NamedObject[] = [];
  /** Everything that was ever put, by its update id. */
  readonly put = new Map<string, NamedObject>();
  readonly deleted = new Set<string>();

  constructor(objects: readonly NamedObject[]) {
    this.#waiting = [...objects];
  }

  get hasEvents(): boolean {
    return this.#events.length > 0;
  }

  /** The bucket as a process reads it. */
  openFor(process: SimulatedProcess): UpdateSource {
    return {
      read: (address) => {
        const id = idOf(address as ReceivedObject);
        const { name = "" } = this.put.get(id) ?? {};
        return process.read(`reads ${name}`, () => {
          const object = this.#objects.get(id);
          if (object !== undefined) return object;
          const fault = { code: "gone", reason: "it was deleted" } as const;
          return { ...address, eventTimeMs: address.eventTimeMs ?? 0, bytes: new Uint8Array(), fault };
        });
      },
      list: () => {
        throw new Error("nobody lists");
      },
      close: async () => {},
    };
  }

  *steps(tell: (named: NamedObject) => void): Iterable<Step> {
    for (const [place, named] of this.#waiting.entries()) {
      const kind = place < PUTS_AT_ONCE ? "put" : "put out of turn";
      yield { kind, name: `a provider puts ${named.name}`, happen: () => this.#put(named) };
    }
    for (const named of this.#events) {
      const happen = () => {
        this.#events.splice(this.#events.indexOf(named), 1);
        tell(named);
      };
      yield { kind: "event", name: `the queue is told of ${named.name}`, happen };
    }
    for (const [id, named] of this.put) {
      const { name } = named;
      yield {
        kind: "repeat",
        name: `the bucket tells of ${name} again`,
        happen: () => this.#events.push(named),
      };
      if (this.deleted.has(id)) continue;
      yield { kind: "delete", name: `${name} is deleted`, happen: () => this.#delete(id) };
    }
  }

  #put(named: NamedObject): void {
    this.#waiting.splice(this.#waiting.indexOf(named), 1);
    const id = idOf(named.object);
    this.#objects.set(id, named.object);
    this.put.set(id, named);
    this.#events.push(named);
  }

  #delete(id: string): void {
    this.#objects.delete(id);
    this.deleted.add(id);
  }
}

export function idOf({ bucket, key, versionId }: ReceivedObject): string {
  return updateIdOfVersion({ bucket, key, versionId: versionId ?? "" });
}
