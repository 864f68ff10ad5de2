/** What a handler answers, and how it goes out: status, headers and text, written at once. */

import type { ServerResponse } from "node:http";
import type { TextAnswer } from "@movie-store/core";
import { digestOf } from "./digest.ts";
import { type Problem, problemText } from "./problem.ts";

export interface Answer {
  readonly status: number;
  /** JSON, unless `mediaType` says otherwise. A text is sent as UTF-8. */
  readonly text: string | Uint8Array;
  /** Default `application/json; charset=utf-8`. */
  readonly mediaType?: string;
  /** Its length in bytes, where it is known already. */
  readonly bytes?: number;
  /** The value of a strong ETag, without quotes; a read has one. */
  readonly digest?: string;
  /** The number of the last change that a read reflects. */
  readonly version?: number;
  readonly layer?: TextAnswer["layer"];
  /**
   * `read`: as the configuration says. `revalidate`: kept, but asked for again by its ETag each time. `immutable`: for
   * ever, as its name changes with its content. `never`: not at all.
   */
  readonly cached: "read" | "revalidate" | "immutable" | "never";
  /** Further headers, names and values in turn. */
  readonly headers?: readonly string[];
  /** What a page may load and run. Default: nothing. */
  readonly contentSecurityPolicy?: string;
}

/** An answer whose end is not known when it begins. It has no ETag and is never cached. */
export interface StreamAnswer {
  readonly mediaType: string;
  /**
   * Told by `signal` when the client has gone or this process is about to stop; until then it may wait as long as it
   * likes. It then ends soon, or, where only a whole answer is of use, goes on: nothing is asked of it any more once
   * the client has gone, and a stopping process cuts it off at the end of its grace. Nothing is asked of it while the
   * client does not read.
   *
   * @returns pieces of the body; the headers go out with the first one. When it returns, the answer is whole. A failure
   * before the first piece is answered as a problem, one behind it cuts the connection off, so that no client takes half
   * of an answer for the whole.
   */
  chunks(signal: AbortSignal): AsyncIterable<string | Uint8Array>;
  /** The number of the last change that the answer reflects. */
  readonly version?: number;
  readonly headers?: readonly string[];
}

export function isStream(answer: Answer | StreamAnswer): answer is StreamAnswer {
  return "chunks" in answer;
}

/** A read that was not made from a finished text. */
export function readAnswer(value: object, version: number, headers: readonly string[] = []): Answer {
  const text = JSON.stringify(value);
  return { status: 200, text, digest: digestOf(text), version, layer: "db", cached: "read", headers };
}

/** A read that came as a finished text. */
export function textAnswer(answer: TextAnswer, headers: readonly string[] = []): Answer {
  const { text, digest, version, layer } = answer;
  return { status: 200, text, digest, version, layer, cached: "read", headers };
}

/** A redirect of a read. It may be taken back when films are told apart again, so it is no older than other reads. */
export function redirectAnswer(location: string, version: number): Answer {
  const headers = ["Location", location];
  return { status: 308, text: JSON.stringify({ location }), version, layer: "db", cached: "read", headers };
}

export interface Circumstances {
  readonly requestId: string;
  /** `performance.now()` when the request came. */
  readonly startedMs: number;
  readonly ifNoneMatch: string | undefined;
  /** Whether the connection is to end with this answer. */
  readonly lastOfConnection: boolean;
  /** Headers that any answer to this request has, names and values in turn. */
  readonly headers: readonly string[] | undefined;
}

const SECURITY: readonly string[] = ["X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer"];

/**
 * A JSON answer is no page: nothing in it may run or be framed, should a browser be led to show it as one.
 */
const NO_PAGE: readonly string[] = ["Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"];

/** What every problem has, names and values in turn. */
export const PROBLEM_HEADERS: readonly string[] = ["Cache-Control", "no-store", ...SECURITY, ...NO_PAGE];

/** How long a cache may bridge a failing origin; longer than a restart, shorter than anyone's patience. */
const STALE_IF_ERROR_SECONDS = 60;

export interface AnswerWriterOptions {
  readonly edgeMaxAgeSeconds: number;
  /** Whether callers must show a key. */
  readonly keysRequired: boolean;
  /** Headers that every answer has, names and values in turn. */
  readonly always: readonly string[];
}

export class AnswerWriter {
  readonly #cacheHeaders: Readonly<Record<Answer["cached"], readonly string[]>>;
  readonly #problemHeaders: readonly string[];

  constructor(options: AnswerWriterOptions) {
    // With keys, a shared cache that does not check them itself must not hand an answer on to who has none. One that
    // checks them (an API gateway with its own authorisation) is told to cache by its own configuration.
    const audience = options.keysRequired ? "private" : "public";
    const vary = options.keysRequired ? ["Vary", "Authorization, X-Api-Key"] : [];
    // A cache may use an answer for max-age *and then* stale-while-revalidate seconds more, so any of the latter
    // would lengthen the promised bound. It is 0 rather than absent because caches such as Varnish grant themselves
    // some seconds of grace unless told otherwise. Errors are another matter: no newer answer is to be had then.
    const cacheControl = [
      audience,
      `max-age=${options.edgeMaxAgeSeconds}`,
      "stale-while-revalidate=0",
      `stale-if-error=${STALE_IF_ERROR_SECONDS}`,
    ].join(", ");
    const common = [...SECURITY, ...options.always];
    this.#cacheHeaders = {
      read: ["Cache-Control", cacheControl, ...vary, ...common],
      revalidate: ["Cache-Control", "no-cache", ...common],
      immutable: ["Cache-Control", "public, max-age=31536000, immutable", ...common],
      never: ["Cache-Control", "no-store", ...common],
    };
    this.#problemHeaders = [...PROBLEM_HEADERS, ...options.always];
  }

  /** Node leaves the text out where there must be none (HEAD, 304, 204). */
  write(res: ServerResponse, answer: Answer, circumstances: Circumstances): void {
    const { text, digest, version, bytes = Buffer.byteLength(text) } = answer;
    const etag = digest === undefined ? undefined : `"${digest}"`;
    const notModified =
      etag !== undefined &&
      circumstances.ifNoneMatch !== undefined &&
      answer.status === 200 &&
      matchesEtag(circumstances.ifNoneMatch, etag);
    const headers = notModified
      ? ["X-Request-Id", circumstances.requestId]
      : [
          "Content-Type",
          answer.mediaType ?? "application/json; charset=utf-8",
          "Content-Length",
          `${bytes}`,
          "X-Request-Id",
          circumstances.requestId,
        ];
    if (etag !== undefined) headers.push("ETag", etag);
    if (version !== undefined) headers.push("Movie-Store-Version", `${version}`);
    if (answer.layer !== undefined) {
      const tookMs = performance.now() - circumstances.startedMs;
      headers.push("Server-Timing", `${answer.layer};dur=${tookMs.toFixed(2)}`);
    }
    headers.push(...this.#cacheHeaders[answer.cached]);
    if (answer.contentSecurityPolicy === undefined) headers.push(...NO_PAGE);
    else headers.push("Content-Security-Policy", answer.contentSecurityPolicy);
    if (answer.headers !== undefined) headers.push(...answer.headers);
    addCircumstantial(headers, circumstances);
    res.writeHead(notModified ? 304 : answer.status, headers);
    // Node writes text of which it knows that each character is a byte in less time.
    if (notModified) res.end();
    else res.end(text, bytes === text.length ? "latin1" : "utf8");
  }

  /** The headers of a stream; its pieces follow. */
  beginStream(res: ServerResponse, answer: StreamAnswer, circumstances: Circumstances): void {
    const headers = ["Content-Type", answer.mediaType, "X-Request-Id", circumstances.requestId];
    if (answer.version !== undefined) headers.push("Movie-Store-Version", `${answer.version}`);
    headers.push(...this.#problemHeaders);
    if (answer.headers !== undefined) headers.push(...answer.headers);
    addCircumstantial(headers, circumstances);
    res.writeHead(200, headers);
  }

  writeProblem(res: ServerResponse, problem: Problem, circumstances: Circumstances): void {
    const text = problemText(problem, circumstances.requestId);
    const headers = [
      "Content-Type",
      "application/problem+json; charset=utf-8",
      "Content-Length",
      `${Buffer.byteLength(text)}`,
      "X-Request-Id",
      circumstances.requestId,
      ...this.#problemHeaders,
      ...problem.headers,
    ];
    addCircumstantial(headers, circumstances);
    res.writeHead(problem.status, headers);
    res.end(text);
  }

  /**
   * The answer to OPTIONS.
   *
   * @param further headers, names and values in turn.
   */
  writeOptions(
    res: ServerResponse,
    allow: string,
    further: readonly string[],
    circumstances: Circumstances,
  ): void {
    const headers = ["Allow", allow, "X-Request-Id", circumstances.requestId, ...this.#problemHeaders];
    headers.push(...further);
    addCircumstantial(headers, circumstances);
    res.writeHead(204, headers);
    res.end();
  }
}

function addCircumstantial(headers: string[], { headers: further, lastOfConnection }: Circumstances): void {
  if (further !== undefined) headers.push(...further);
  if (lastOfConnection) headers.push("Connection", "close");
}

/** Weak comparison, as If-None-Match wants it (RFC 9110, section 13.1.2). */
function matchesEtag(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch === etag || ifNoneMatch.trim() === "*") return true;
  for (const [, opaque] of ifNoneMatch.matchAll(/(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g)) {
    if (opaque === etag) return true;
  }
  return false;
}
