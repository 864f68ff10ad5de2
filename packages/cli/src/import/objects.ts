/** The pieces of files as objects of a bucket. */

import { createHash } from "node:crypto";
import type { ReceivedObject } from "@movie-store/core";
import { filePieces } from "./file-pieces.ts";
import type { ImportFile } from "./files.ts";
import type { Piece } from "./piece.ts";

const IMPORT_BUCKET = "import";

const MAX_BATCH_BYTES = 8 * 1_048_576;

/**
 * A version is told by the file's time and the piece's content: the same file again has the same versions, a changed
 * one has new ones.
 */
function objectOf(file: ImportFile, piece: Piece, prefix: string): ReceivedObject {
  const { bytes, suffix, sizeBytes, fault } = piece;
  const content = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return {
    bucket: IMPORT_BUCKET,
    key: `${prefix}${file.provider}/${file.name}${suffix}`,
    versionId: `${file.modifiedNs}-${fault === undefined ? content : sizeBytes}`,
    eventTimeMs: file.modifiedMs,
    bytes,
    ...(fault === undefined ? {} : { fault }),
  };
}

/** All pieces of a file as objects. */
export async function* objectsOf(
  file: ImportFile,
  prefix: string,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<ReceivedObject> {
  for await (const piece of filePieces(file.path, file.form, onBytes)) yield objectOf(file, piece, prefix);
}

/** Of at most `size` objects, and fewer where they are large. */
export async function* batchesOf(
  objects: AsyncIterable<ReceivedObject>,
  size: number,
): AsyncGenerator<readonly ReceivedObject[]> {
  let batch: ReceivedObject[] = [];
  let bytes = 0;
  for await (const object of objects) {
    batch.push(object);
    bytes += object.bytes.length;
    if (batch.length < size && bytes < MAX_BATCH_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
