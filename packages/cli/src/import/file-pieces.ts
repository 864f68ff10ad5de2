/** A file as the objects in it, read as a stream: what is held in memory is one piece, however long the file is. */

import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { MAX_OBJECT_BYTES } from "@movie-store/core";
import { ArraySlicer } from "./array-slicer.ts";
import { CsvRows } from "./csv-rows.ts";
import { LineSplitter } from "./line-splitter.ts";
import { type Piece, pieceOf } from "./piece.ts";

/** How films lie in a file. `json`: one film, or a list of them. */
export type FileForm = "json" | "ndjson" | "csv";

/** By the name, `.gz` aside; `undefined` for a name that says nothing. */
export function formOfName(name: string): FileForm | undefined {
  const ending = /\.(json|ndjson|jsonl|csv)(\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  return ending === "jsonl" ? "ndjson" : (ending as FileForm | undefined);
}

/** @param onBytes is told how many bytes of the file have been read on. */
export async function* filePieces(
  path: string,
  form: FileForm,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Piece> {
  try {
    if (form === "json") yield* jsonPieces(path, onBytes);
    else yield* form === "csv" ? csvPieces(path, onBytes) : linePieces(path, onBytes);
  } catch (error) {
    if (!isDamagedGzip(error)) throw error;
    const fault = { code: "bad-encoding", reason: "the gzip is damaged" } as const;
    yield { suffix: "", bytes: new Uint8Array(), fault, sizeBytes: 0 };
  }
}

async function* linePieces(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Piece> {
  const lines = new LineSplitter();
  for await (const chunk of plainBytes(path, onBytes)) yield* lines.push(chunk);
  yield* lines.end();
}

async function* csvPieces(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Piece> {
  const rows = new CsvRows();
  for await (const chunk of plainBytes(path, onBytes)) yield* rows.push(chunk);
  yield* rows.end();
  if (rows.isEmpty) yield* wholeFile(path);
}

/** Two passes: a list that breaks off is refused as a whole, so it has to be seen to its end first. */
async function* jsonPieces(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Piece> {
  const check = new ArraySlicer();
  for await (const chunk of plainBytes(path)) {
    for (const _ of check.push(chunk));
    if (check.isList === false || check.problem !== undefined) break;
  }
  check.end();
  if (check.isList === true && check.problem === undefined) {
    const slicer = new ArraySlicer();
    for await (const chunk of plainBytes(path, onBytes)) yield* slicer.push(chunk);
    return;
  }
  const sizeBytes = await sizeOf(path);
  if (check.problem !== undefined && (sizeBytes > MAX_OBJECT_BYTES || (await isGzip(path)))) {
    const fault = { code: "bad-json", reason: check.problem } as const;
    yield { suffix: "", bytes: new Uint8Array(), fault, sizeBytes };
  } else {
    // A small list that breaks off as well: core finds the same, and the log keeps what was given.
    yield* wholeFile(path);
  }
  onBytes(sizeBytes);
}

/** As it lies on the disk. */
async function* wholeFile(path: string): AsyncGenerator<Piece> {
  const sizeBytes = await sizeOf(path);
  yield pieceOf("", sizeBytes > MAX_OBJECT_BYTES ? new Uint8Array() : await readFile(path), sizeBytes);
}

async function sizeOf(path: string): Promise<number> {
  const file = await open(path);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function* plainBytes(path: string, onBytes?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  if (!(await isGzip(path))) {
    yield* storedBytes(path, onBytes);
    return;
  }
  const unfolded = createGunzip();
  // What goes wrong comes out of the iteration below.
  pipeline(storedBytes(path, onBytes), unfolded).catch(() => {});
  for await (const chunk of unfolded) yield chunk as Uint8Array;
}

async function* storedBytes(
  path: string,
  onBytes: (bytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path)) {
    onBytes((chunk as Uint8Array).length);
    yield chunk as Uint8Array;
  }
}

/** By the first bytes: names lie, and core looks at the bytes as well. */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

function isDamagedGzip(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^Z_|^ERR_.*ZLIB/.test(String(error.code));
}
