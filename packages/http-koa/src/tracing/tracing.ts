/** What traces are made of here. What sends them is loaded only where the configuration asks for it. */

import type { IncomingHttpHeaders } from "node:http";

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A piece of work on its way. */
export interface Span {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Spans that begin in `work`, or in what it waits for, are children of this one. */
  within<T>(work: () => T): T;
  /** Once. */
  end(outcome?: SpanOutcome): void;
}

export interface SpanOutcome {
  /** A better name than the one it began with. */
  readonly name?: string;
  readonly attributes?: SpanAttributes;
  /** Why it failed. */
  readonly error?: unknown;
}

export interface Tracing {
  /** A request of another program, which may have told of its own span (W3C Trace Context). */
  beginRequest(headers: IncomingHttpHeaders, name: string, attributes: SpanAttributes): Span;
  /** Work of this process that nobody asked for. */
  beginRoot(name: string, attributes?: SpanAttributes): Span;
  /**
   * A call of a part of this process.
   *
   * @returns `undefined` outside of any span: what runs all the time (following changes, say) is not traced.
   */
  beginCall(name: string, attributes?: SpanAttributes): Span | undefined;
  /** Sends what has not been sent yet, for 3 s at most. */
  close(): Promise<void>;
}
