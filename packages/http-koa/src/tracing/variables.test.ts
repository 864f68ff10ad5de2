import { ConfigError } from "@movie-store/adapters/variables";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../config.ts";

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

test("there are no traces without an endpoint, whatever else is set", () => {
  expect(
    loadConfig({ OTEL_SERVICE_NAME: "films", OTEL_TRACES_SAMPLER: "always_on" }).tracing,
  ).toBeUndefined();
});

test("an endpoint alone takes every trace that a caller has not decided upon", () => {
  expect(loadConfig(ENDPOINT).tracing).toEqual({
    endpoint: "http://collector:4318",
    headers: {},
    serviceName: "movie-store",
    resource: {},
    sampler: "parentbased_always_on",
    ratio: 1,
  });
});

test("headers and attributes are pairs, percent-encoded as in the header Baggage", () => {
  const tracing = loadConfig({
    ...ENDPOINT,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20a=b, x-tenant = films",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=prod,",
    OTEL_SERVICE_NAME: "films",
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
  }).tracing;
  expect(tracing).toEqual({
    endpoint: "http://collector:4318",
    headers: { authorization: "Bearer a=b", "x-tenant": "films" },
    serviceName: "films",
    resource: { "deployment.environment.name": "prod" },
    sampler: "traceidratio",
    ratio: 0.25,
  });
});

describe.each([
  ["OTEL_EXPORTER_OTLP_ENDPOINT", ["collector:4318", "grpc://collector:4317", "http://"]],
  ["OTEL_EXPORTER_OTLP_HEADERS", ["s3cret", "=s3cret", "a b=s3cret", "authorization=%E0%A4%A"]],
  ["OTEL_RESOURCE_ATTRIBUTES", ["prod", "a=1,prod"]],
  ["OTEL_SERVICE_NAME", ["a".repeat(256)]],
  ["OTEL_TRACES_SAMPLER", ["always", "ratio"]],
  ["OTEL_TRACES_SAMPLER_ARG", ["2", "-1", "1.5", "half", "1e-3"]],
])("%s", (variable, bad) => {
  test.each(bad)("is refused as %j in one line that repeats no secret", (text) => {
    expect(() => loadConfig({ ...ENDPOINT, [variable]: text })).toThrow(ConfigError);
    try {
      loadConfig({ ...ENDPOINT, [variable]: text });
    } catch (error) {
      expect((error as Error).message).toMatch(new RegExp(`^${variable} [^\n]+$`));
      expect((error as Error).message).not.toContain("s3cret");
    }
  });
});
