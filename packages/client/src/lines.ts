/** A body that comes line by line: JSON lines, and server-sent events. */

/**
 * The lines of a body, without their ends. What stands behind the last end of a line is not given: there the body was
 * cut off.
 *
 * @param read waits for the next piece of the body; may give up by throwing.
 */
export async function* linesOf(
  body: ReadableStream<Uint8Array>,
  read = (reader: ReadableStreamDefaultReader<Uint8Array>) => reader.read(),
): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await read(reader);
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    }
  } finally {
    // Who stops reading wants the rest no more, and what failed has none.
    await reader.cancel().catch(() => {});
  }
}
