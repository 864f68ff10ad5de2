/**
 * Every failure that crosses a port or leaves a use case. Absence is not an error: it is `undefined`.
 *
 * | code | means | retryable |
 * | --- | --- | --- |
 * | `invalid-query` | a parameter is unknown or has a bad value; `field` names it | no |
 * | `invalid-argument` | a caller of the library passed something out of its documented bounds | no |
 * | `unavailable` | the store behind a port can't answer now: down, locked, out of time or space | yes |
 * | `not-yet` | the store has not come to the change that the answer is to reflect | yes |
 * | `history-changed` | the store has other changes under the numbers that the caller knows: see `MovieStore.changes` | no |
 * | `conflict` | another writer came in between too often; the whole call may be repeated | yes |
 * | `corrupt` | stored data is not what was written | no |
 * | `closed` | the adapter has been closed | no |
 */
export type ErrorCode =
  | "invalid-query"
  | "invalid-argument"
  | "unavailable"
  | "not-yet"
  | "history-changed"
  | "conflict"
  | "corrupt"
  | "closed";

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(["unavailable", "not-yet", "conflict"]);

export class MovieStoreError extends Error {
  override readonly name = "MovieStoreError";
  readonly code: ErrorCode;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  /** The parameter or field that is wrong, where there is one. */
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = RETRYABLE.has(code);
    this.field = options.field;
  }
}

/** True for a failure that a later attempt may not meet. */
export function isRetryable(error: unknown): boolean {
  return error instanceof MovieStoreError && error.retryable;
}
