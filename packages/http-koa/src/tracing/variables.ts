/** The environment variables of traces: those that OpenTelemetry names, as far as they are of use here. */

import { oneOf, urlLike } from "@movie-store/adapters/variables";
import * as z from "zod";

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

export interface TracingConfig {
  /** Where the collector listens; `/v1/traces` is added to it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: (typeof SAMPLERS)[number];
  /** The share of the traces that the ratio samplers keep, 0 to 1. */
  readonly ratio: number;
}

/** As in the header Baggage: percent-encoded values. The message never repeats the text: it may hold a password. */
const pairs = z.string().transform((text, context): Readonly<Record<string, string>> => {
  try {
    return Object.fromEntries(text.split(",").filter(Boolean).map(pairOf));
  } catch {
    context.addIssue({ code: "custom", message: "must be name=value,…, with values percent-encoded" });
    return z.NEVER;
  }
});

function pairOf(text: string): readonly [string, string] {
  const [, name, value = ""] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
  if (name === undefined) throw new TypeError("no name");
  return [name, decodeURIComponent(value)];
}

export const TRACING_VARIABLES = {
  OTEL_EXPORTER_OTLP_ENDPOINT: urlLike(["http:", "https:"], "http://localhost:4318").optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs.default({}),
  OTEL_SERVICE_NAME: z.string().max(255, "must have 255 characters at most").default("movie-store"),
  OTEL_RESOURCE_ATTRIBUTES: pairs.default({}),
  OTEL_TRACES_SAMPLER: oneOf(SAMPLERS).default("parentbased_always_on"),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, "must be a number from 0 to 1")
    .transform(Number)
    .default(1),
} as const;

/** `undefined`: no traces. */
export function tracingConfigOf(
  variables: z.output<z.ZodObject<typeof TRACING_VARIABLES>>,
): TracingConfig | undefined {
  const endpoint = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return undefined;
  return {
    endpoint,
    headers: variables.OTEL_EXPORTER_OTLP_HEADERS,
    serviceName: variables.OTEL_SERVICE_NAME,
    resource: variables.OTEL_RESOURCE_ATTRIBUTES,
    sampler: variables.OTEL_TRACES_SAMPLER,
    ratio: variables.OTEL_TRACES_SAMPLER_ARG,
  };
}
