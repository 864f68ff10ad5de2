/** The body of an answer, which holds its connection until it is read to the end or destroyed. */

import { addAbortSignal, type Readable } from "node:stream";
import { MovieStoreError } from "@movie-store/core";

/**
 * The bytes of a body. Whatever happens, its connection is free afterwards.
 *
 * @returns `undefined`, with the rest unread, if there are more than `maxBytes`.
 * @throws MovieStoreError `unavailable` if there are not as many as were announced; what the stream reports; an
 * AbortError.
 */
export async function readBody(
  body: Readable,
  options: { readonly announcedBytes: number | undefined; readonly maxBytes: number; signal: AbortSignal },
): Promise<Uint8Array | undefined> {
  const { announcedBytes, maxBytes, signal } = options;
  try {
    if ((announcedBytes ?? 0) > maxBytes) return undefined;
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of addAbortSignal(signal, body)) {
      length += chunk.length;
      if (length > maxBytes) return undefined;
      chunks.push(chunk);
    }
    if (announcedBytes !== undefined && length !== announcedBytes) {
      throw new MovieStoreError("unavailable", `${length} of ${announcedBytes} bytes of an object came`);
    }
    return joined(chunks, length);
  } finally {
    // A connection that breaks after this is nobody's concern, and an error without a listener ends the process.
    body.on("error", () => {}).destroy();
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
