/**
 * Ids of films and records as the tables hold them: the 80 bits of 16 characters in 10 bytes. Their order is the same,
 * and a film has some fifty rows that name it.
 */

const LENGTH = 16;
const ALPHABET = "0123456789abcdefghijklmnopqrstuv";
const BYTES = 10;
/** Eight characters are five bytes. */
const HALF = LENGTH / 2;
const HALF_BYTES = BYTES / 2;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const BITS = new Uint8Array(128);
for (const [value, character] of [...ALPHABET].entries()) BITS[character.charCodeAt(0)] = value;

/** The bytes of an id as a literal of SQL. The id has to be one of core's, see `MOVIE_ID_PATTERN`. */
export function idLiteral(id: string): string {
  return `0x${halfHex(id, 0)}${halfHex(id, HALF)}`;
}

/** Made of tables: a batch of 5,000 films asks for 40,000 of them. */
function halfHex(id: string, at: number): string {
  const high = fourCharacters(id, at);
  const low = fourCharacters(id, at + 4);
  return (
    hexOf(high >> 12) +
    hexOf((high >> 4) & 0xff) +
    hexOf(((high & 0xf) << 4) | (low >> 16)) +
    hexOf((low >> 8) & 0xff) +
    hexOf(low & 0xff)
  );
}

function fourCharacters(id: string, at: number): number {
  return (bitsOf(id, at) << 15) | (bitsOf(id, at + 1) << 10) | (bitsOf(id, at + 2) << 5) | bitsOf(id, at + 3);
}

function bitsOf(id: string, at: number): number {
  return BITS[id.charCodeAt(at)] as number;
}

function hexOf(byte: number): string {
  return HEX[byte] as string;
}

export function idOfBytes(bytes: unknown): string {
  const buffer = bytes as Buffer;
  const half = (at: number) => buffer.readUIntBE(at, HALF_BYTES).toString(32).padStart(HALF, "0");
  return half(0) + half(HALF_BYTES);
}

/** A condition that holds for all ids behind a text, be it an id or not, in the order of texts. */
export function behindId(column: string, text: string): string {
  let valid = "";
  for (const character of text.slice(0, LENGTH)) {
    const next = [...ALPHABET].find((each) => each >= character);
    if (next === undefined) return `${column} > ${idLiteral(valid.padEnd(LENGTH, "v"))}`;
    valid += next;
    if (next !== character) break;
  }
  const isWhole = text.length >= LENGTH && text.startsWith(valid);
  return `${column} ${isWhole ? ">" : ">="} ${idLiteral(valid.padEnd(LENGTH, "0"))}`;
}
