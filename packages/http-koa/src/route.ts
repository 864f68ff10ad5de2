/** A resource: its path, and the function that answers for it. */

import type { Answer } from "./answer.ts";

interface ApiRequest {
  /** The `:id` of the path, decoded. */
  readonly id: string;
  /** Behind the question mark, undecoded. */
  readonly query: string;
  /** Whether the caller takes an answer of this type. */
  accepts(mediaType: string): boolean;
}

export interface Route {
  readonly path: string;
  /** Answers GET, and with it HEAD. Throws `Problem` or `MovieStoreError`. */
  handle(request: ApiRequest): Promise<Answer>;
}
