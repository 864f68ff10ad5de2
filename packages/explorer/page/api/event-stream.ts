/** Server-sent events, read by fetch: `EventSource` can't send the header of an API key. */

export interface StreamEvent {
  /** The last one told by the stream. */
  readonly id: string;
  readonly data: string;
}

/** Takes a stream apart as the HTML standard says (section 9.2.6), pieces of any size. */
export class EventStreamReader {
  /** Milliseconds to wait before the next attempt, when the server has said so. */
  retryMs: number | undefined;
  #rest = "";
  #id = "";
  #data: string[] = [];

  /** @returns the events that the piece has brought to an end. */
  read(piece: string): readonly StreamEvent[] {
    const text = this.#rest + piece;
    // A carriage return at the end may be half of a line end.
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    const events: StreamEvent[] = [];
    for (const line of lines) {
      if (line !== "") this.#field(line);
      else if (this.#data.length > 0) {
        events.push({ id: this.#id, data: this.#data.join("\n") });
        this.#data = [];
      }
    }
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
  }
}
