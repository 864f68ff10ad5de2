/** From what Amazon S3 and its client report to the codes of core. */

import { S3ServiceException } from "@aws-sdk/client-s3";
import { MovieStoreError } from "@movie-store/core";

/**
 * Whether the answer to a GET says that this object, or this version of it, does not exist. Not so for a missing
 * bucket: that is a wrong setting, and the object may well be there.
 *
 * Without the right to list the bucket, Amazon S3 answers 403 for an object that does not exist, and it can't be told
 * from one that must not be read. (API reference, GetObject, "Permissions".)
 */
export function saysGone(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  if (error.name === "NoSuchKey" || error.name === "NoSuchVersion") return true;
  // The version is a delete marker.
  if (error.name === "MethodNotAllowed") return error.$response?.headers["x-amz-delete-marker"] === "true";
  // The version id is none that this bucket could have given.
  const { ArgumentName } = error as { readonly ArgumentName?: unknown };
  return error.name === "InvalidArgument" && ArgumentName === "versionId";
}

/** Every failure may pass: rights are granted, networks heal, and to give up would lose an object. */
export function mapS3Error(error: unknown, attempted: "read" | "written" = "read"): MovieStoreError {
  if (error instanceof MovieStoreError) return error;
  const message = `the bucket can't be ${attempted}: ${reasonOf(error)}`;
  return new MovieStoreError("unavailable", message, { cause: error });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = error instanceof S3ServiceException ? ` (HTTP ${error.$metadata.httpStatusCode})` : "";
  return `${error.name}${status}: ${error.message}`;
}
