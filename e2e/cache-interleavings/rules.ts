/** The rules of the cache as the design has them, and the ways in which they are often changed. */

export interface Rules {
  /** What an invalidation does to a tag. */
  readonly bump: "nonce" | "delete-entries" | "increment" | "largest-log-id";
  /** What a tag without a value stands for. */
  readonly absent: "takes a new value" | "is 0";
  /** Which images of a changed film give the tags. */
  readonly images: "before and after" | "after";
  /** When the values of the tags are taken. */
  readonly capture: "before the read" | "after the read";
  /** When the tags of a change are invalidated. */
  readonly order: "commit, bump" | "bump, commit";
  readonly mark: "after the bump" | "before the bump" | "even if the bump failed";
  readonly fillFrom: "primary" | "replica";
  readonly hasRelay: boolean;
  /** Whether a cache server that takes over gets a new epoch, which is a tag of every entry. */
  readonly hasEpoch: boolean;
  /** Of a query with two conditions. */
  readonly valid: "all tags unchanged" | "any tag unchanged";
  /** More pending changes than this are answered by invalidating the one tag that all entries have. */
  readonly maxSingly: number;
}

export const DESIGN: Rules = {
  bump: "nonce",
  absent: "takes a new value",
  images: "before and after",
  capture: "before the read",
  order: "commit, bump",
  mark: "after the bump",
  fillFrom: "primary",
  hasRelay: true,
  hasEpoch: true,
  valid: "all tags unchanged",
  maxSingly: Number.POSITIVE_INFINITY,
};
