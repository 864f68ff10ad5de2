/**
 * Texts as bytes, for those that are sent again and again: to encode one that is not all ASCII takes Node as long as
 * all the rest of an answer. What is ASCII goes out as it is, in one piece with its headers, which is faster still.
 */

/** What the bytes may take together. */
const MAX_BYTES = 16_000_000;

export class EncodedTexts {
  readonly #texts = new Map<string, Uint8Array>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** @param digest the same for no other text. @param bytes its length in UTF-8. */
  of(text: string, digest: string, bytes: number): string | Uint8Array {
    if (bytes === text.length || bytes > this.#maxBytes) return text;
    const known = this.#texts.get(digest);
    if (known !== undefined) {
      // To the young end: the oldest entry of the map is then the one least recently used.
      this.#texts.delete(digest);
      this.#texts.set(digest, known);
      return known;
    }
    const encoded = Buffer.from(text);
    this.#texts.set(digest, encoded);
    this.#bytes += bytes;
    for (const [oldest, { length }] of this.#texts) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#texts.delete(oldest);
      this.#bytes -= length;
    }
    return encoded;
  }
}
