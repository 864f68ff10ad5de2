/**
 * Traces by OpenTelemetry. It registers nothing for the whole process: spans find their parents by a store of this
 * file, and two servers in one process send theirs apart.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingHttpHeaders } from "node:http";
import {
  type Context,
  defaultTextMapGetter,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { type ExportResult, ExportResultCode, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { defaultResource, resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Logger } from "../logger.ts";
import type { Span, SpanAttributes, SpanOutcome, Tracing } from "./tracing.ts";
import type { TracingConfig } from "./variables.ts";

/** A collector that takes longer is one that can't keep up; what waits meanwhile takes memory. */
const EXPORT_TIMEOUT_MS = 3_000;

export class OpenTelemetryTracing implements Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #propagator = new W3CTraceContextPropagator();
  readonly #active = new AsyncLocalStorage<Context>();

  constructor(config: TracingConfig, log: Logger) {
    const exporter = new OTLPTraceExporter({
      url: `${config.endpoint.replace(/\/+$/, "")}/v1/traces`,
      headers: { ...config.headers },
      timeoutMillis: EXPORT_TIMEOUT_MS,
    });
    this.#provider = new TracerProvider({
      resource: defaultResource().merge(
        resourceFromAttributes({ ...config.resource, "service.name": config.serviceName }),
      ),
      sampler: samplerOf(config),
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: new ToldExporter(exporter, log),
          exportTimeoutMillis: EXPORT_TIMEOUT_MS,
        }),
      ],
    });
    this.#tracer = this.#provider.getTracer("@movie-store/http-koa");
  }

  beginRequest(headers: IncomingHttpHeaders, name: string, attributes: SpanAttributes): Span {
    const parent = this.#propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
    return this.#begin(parent, name, SpanKind.SERVER, attributes);
  }

  beginRoot(name: string, attributes: SpanAttributes = {}): Span {
    return this.#begin(ROOT_CONTEXT, name, SpanKind.INTERNAL, attributes);
  }

  beginCall(name: string, attributes: SpanAttributes = {}): Span | undefined {
    const parent = this.#active.getStore();
    return parent === undefined ? undefined : this.#begin(parent, name, SpanKind.INTERNAL, attributes);
  }

  #begin(parent: Context, name: string, kind: SpanKind, attributes: SpanAttributes): Span {
    const span = this.#tracer.startSpan(name, { kind, attributes: { ...attributes } }, parent);
    const context = trace.setSpan(parent, span);
    return {
      traceId: span.spanContext().traceId,
      within: (work) => this.#active.run(context, work),
      end: (outcome = {}) => endSpan(span, outcome),
    };
  }

  async close(): Promise<void> {
    // What can't be sent has been told of already.
    await this.#provider.shutdown().catch(() => {});
  }
}

function endSpan(span: OtelSpan, { name, attributes, error }: SpanOutcome): void {
  if (name !== undefined) span.updateName(name);
  if (attributes !== undefined) span.setAttributes({ ...attributes });
  if (error !== undefined) {
    // No stack and no cause: an address or a part of a statement in them is nothing for another system.
    const { message, type } = faultOf(error);
    span.setAttribute("error.type", type);
    span.setStatus({ code: SpanStatusCode.ERROR, message });
  }
  span.end();
}

function faultOf(error: unknown): { readonly message: string; readonly type: string } {
  if (!(error instanceof Error)) return { message: String(error), type: "_OTHER" };
  const type = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return { message: error.message, type };
}

function samplerOf({ sampler, ratio }: TracingConfig): Sampler {
  const root = rootSampler(sampler.replace("parentbased_", ""), ratio);
  return sampler.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(kind: string, ratio: number): Sampler {
  if (kind === "always_off") return new AlwaysOffSampler();
  return kind === "traceidratio" ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
}

/** Says in the log when traces can't be sent, and when they can again: the SDK itself says nothing. */
class ToldExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Logger;
  #isFailing = false;

  constructor(exporter: SpanExporter, log: Logger) {
    this.#exporter = exporter;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      const hasFailed = result.code !== ExportResultCode.SUCCESS;
      if (hasFailed && !this.#isFailing)
        this.#log.warn({ reason: result.error?.message }, "traces can't be sent");
      if (!hasFailed && this.#isFailing) this.#log.info("traces are sent again");
      this.#isFailing = hasFailed;
      // Said already. The SDK would print it in its own way.
      done({ code: ExportResultCode.SUCCESS });
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }
}
