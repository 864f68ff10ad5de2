import { type Cache, MemoryCache, MemoryMovieRepository, type MovieRepository } from "@movie-store/core";
import { cacheContract, movieRepositoryContract, SharedMemory } from "@movie-store/core/testing";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { type OtlpCollector, startCollector } from "../test/otlp-collector.ts";
import { loadConfig } from "./config.ts";
import { createLogger } from "./logger.ts";
import { type Observation, openObservation } from "./observation.ts";
import { observedPorts } from "./observed-ports.ts";
import type { Tracing } from "./tracing/tracing.ts";

interface Traced extends Observation {
  readonly tracing: Tracing;
}

async function observe(collector: OtlpCollector): Promise<Traced> {
  const config = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  return (await openObservation(config, createLogger("silent"))) as Traced;
}

/** Calls outside of a span are not traced, so each is put into one. */
function inSpans<Port extends object>(port: Port, tracing: Tracing): Port {
  return new Proxy(port, {
    get: (target, property) => {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      return async (...parameters: unknown[]) => {
        const span = tracing.beginRoot("test");
        try {
          return await span.within(() => member.apply(target, parameters) as Promise<unknown>);
        } finally {
          span.end();
        }
      };
    },
  });
}

const collector = await startCollector();
afterAll(() => collector.stop());

async function traced(ports: { repository?: MovieRepository; cache?: Cache }) {
  const observation = await observe(collector);
  const { repository = new MemoryMovieRepository(), cache = new MemoryCache() } = ports;
  const observed = observedPorts({ repository, cache }, observation);
  return {
    repository: inSpans(observed.repository, observation.tracing),
    cache: inSpans(observed.cache, observation.tracing),
  };
}

describe("a cache that is counted and traced keeps its contract", () => {
  const cases = cacheContract(
    async (clock) => {
      const server = new SharedMemory({ clock });
      const open = async () => (await traced({ cache: server.open() })).cache;
      return { cache: await open(), openAnother: open };
    },
    { clock: true, shared: true },
  );
  for (const each of cases) test(each.name, () => each.run());
});

describe("a cache that is counted keeps its contract", () => {
  const cases = cacheContract(
    async (clock) => {
      const observation = await openObservation(loadConfig({}), createLogger("silent"));
      const cache = new MemoryCache({ clock });
      return { cache: observedPorts({ repository: new MemoryMovieRepository(), cache }, observation).cache };
    },
    { clock: true, near: true },
  );
  for (const each of cases) test(each.name, () => each.run());
});

describe("a repository that is traced keeps its contract", () => {
  for (const each of movieRepositoryContract(async () => traced({})))
    test(each.name, () => each.run(), 30_000);
});

test("what goes on outside of a span is not traced", async () => {
  const own = await startCollector();
  onTestFinished(() => own.stop());
  const observation = await observe(own);
  const { repository } = observedPorts(
    { repository: new MemoryMovieRepository(), cache: new MemoryCache() },
    observation,
  );
  expect(await repository.version()).toBe(0);
  await observation.close();
  expect(own.spans).toEqual([]);
});
