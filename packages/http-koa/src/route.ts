/** A resource: its path, what the API document says of it, and the function that answers for it. */

import type * as z from "zod";
import type { Answer, StreamAnswer } from "./answer.ts";
import type { ProblemCode } from "./problem.ts";

export interface ApiRequest {
  /** The `:id` of the path, decoded; empty where there is none. */
  readonly id: string;
  /** Behind the question mark, undecoded. */
  readonly query: string;
  /** A header of the request, its name in lower case. */
  header(name: string): string | undefined;
  /** Whether the caller takes an answer of this type. */
  accepts(mediaType: string): boolean;
  /** Which of these types the caller likes best; of those that it likes equally, the first. */
  preferred(mediaTypes: readonly string[]): string | undefined;
  /** Whether the caller takes an answer that is encoded so, such as `gzip`. */
  acceptsEncoding(encoding: string): boolean;
}

/** What the API document says of a resource: one source for the document and for the checks. */
export interface Operation {
  /** Stable, in camel case: generated clients name their functions after it. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  /** The query parameters, as the handler checks them. Absent: it has none. */
  readonly parameters?: z.ZodObject;
  /** Request headers that change the answer. */
  readonly headers?: z.ZodObject;
  /** The `:id` of the path. */
  readonly path?: z.ZodType<string>;
  /** The bodies of a 200 by media type. */
  readonly answers: Readonly<Record<string, z.ZodType>>;
  /** What may go wrong, beside what may go wrong everywhere. */
  readonly problems: readonly ProblemCode[];
  /** Whether an answer leads on to the next page by a Link header. */
  readonly isPaged?: boolean;
  /** Whether it may lead elsewhere by 308. */
  readonly redirects?: boolean;
  /** Whether it is a stream in every form: then it has no ETag. */
  readonly isStream?: boolean;
  /** False where it does not answer from the store: then it has neither an ETag nor a version. */
  readonly isRead?: false;
}

/** In the order of the document. */
export const TAGS = {
  films: "Films: searches, single films, and why they are as they are.",
  values: "What films can be searched for.",
  changes: "What changed, in order.",
  updates: "What became of the objects that providers sent.",
  service: "The state of this process.",
} as const;

type Tag = keyof typeof TAGS;

/** Gives the answer that this process has at hand, else what it is read with. Throws as `handle` does. */
export type DirectRead = () => Answer | (() => Promise<Answer>);

export interface Route {
  /** `:id` stands for one segment. */
  readonly path: string;
  /** Needs no API key. */
  readonly isOpen?: boolean;
  /** Is answered however many requests there are. */
  readonly isUnlimited?: boolean;
  /** Absent for pages and their files, which are not in the document. */
  readonly operation?: Operation;
  /**
   * How GET of a target is answered without a context of Koa's, for targets that say all there is to know.
   *
   * @param target path and query, undecoded.
   * @returns what answers as `handle` would; `undefined`: ask `handle`.
   */
  direct?(target: string): DirectRead | undefined;
  /** Answers GET, and with it HEAD. Throws `Problem` or `MovieStoreError`. */
  handle(request: ApiRequest): Promise<Answer | StreamAnswer>;
}
