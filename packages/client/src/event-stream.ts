/** Server-sent events (WHATWG HTML, section 9.2), as far as the API sends them. */

export interface EventBlock {
  /** Where to go on from. A block may have it without being an event. */
  readonly id: string | undefined;
  /** How long to wait before a new connection, in milliseconds. */
  readonly retryMs: number | undefined;
  /** Absent where the block is no event. */
  readonly data: string | undefined;
}

/** What stands between two empty lines. A block that was cut off is not given; a comment alone is none. */
export async function* eventBlocksOf(lines: AsyncIterable<string>): AsyncGenerator<EventBlock, void> {
  let fields = new Map<string, string>();
  for await (const line of lines) {
    if (line !== "") addField(fields, line);
    else if (fields.size > 0) {
      yield blockOf(fields);
      fields = new Map();
    }
  }
}

function addField(fields: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
  if (name === "") return;
  const earlier = name === "data" ? fields.get(name) : undefined;
  fields.set(name, earlier === undefined ? value : `${earlier}\n${value}`);
}

function blockOf(fields: ReadonlyMap<string, string>): EventBlock {
  const retry = fields.get("retry");
  return {
    id: fields.get("id"),
    retryMs: retry !== undefined && /^\d+$/.test(retry) ? Number(retry) : undefined,
    data: fields.get("data"),
  };
}
