/** A client of GET /v1/changes as a stream of events: reads as fast as it is told to, and notes what it got. */

import { get, type IncomingMessage } from "node:http";

interface StreamEvent {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly number: number; readonly [name: string]: unknown };
}

export class EventClient {
  readonly response: IncomingMessage;
  readonly events: StreamEvent[] = [];
  /** Comment lines so far. */
  comments = 0;
  /** As an EventSource keeps it: of the last block that had one, be it an event or not. */
  lastEventId = "";
  /** Whether the server has ended the answer as it should. */
  isWhole = false;
  /** Resolves when the stream has ended, in whatever way. */
  readonly ended: Promise<void>;
  #unread = "";
  #waiting: (() => void)[] = [];

  private constructor(response: IncomingMessage) {
    this.response = response;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    response.setEncoding("utf8");
    response.on("data", (text: string) => this.#take(text));
    response.on("error", () => {});
    response.once("close", () => {
      this.isWhole = response.complete;
      resolve();
      this.#look();
    });
  }

  /** @throws Error with the status when that is not 200. */
  static async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventClient> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    get(url, { agent: false, headers: { Accept: "text/event-stream", ...headers } }, resolve).once(
      "error",
      reject,
    );
    const response = await promise;
    if (response.statusCode === 200) return new EventClient(response);
    response.destroy();
    throw new Error(`${url} was answered with ${response.statusCode}`);
  }

  get numbers(): readonly number[] {
    return this.events.map(({ data }) => data.number);
  }

  /** Resolves when it is so. @throws Error when the stream ends before. */
  async until(isSo: (client: EventClient) => boolean): Promise<void> {
    while (!isSo(this)) {
      if (this.response.closed) throw new Error(`the stream ended behind ${this.lastEventId}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Closes the connection, as a network that fails does. */
  cutOff(): void {
    this.response.destroy();
  }

  #take(text: string): void {
    const blocks = (this.#unread + text).split("\n\n");
    this.#unread = blocks.pop() ?? "";
    for (const block of blocks) this.#takeBlock(block);
    this.#look();
  }

  #takeBlock(block: string): void {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon === 0) this.comments++;
      else fields.set(line.slice(0, colon), line.slice(colon + 2));
    }
    const [id, event, data] = [fields.get("id"), fields.get("event"), fields.get("data")];
    if (id !== undefined) this.lastEventId = id;
    if (data !== undefined)
      this.events.push({ id: Number(id), event: String(event), data: JSON.parse(data) });
  }

  #look(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
