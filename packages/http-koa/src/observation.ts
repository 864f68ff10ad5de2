/** What is seen of a process from outside: its metrics, and traces where the configuration names a collector. */

import type { Config } from "./config.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { Tracing } from "./tracing/tracing.ts";

export interface Observation {
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
}

/**
 * For processes that serve. Both libraries are loaded here and not before (some 40 and 100 ms), so that a command that
 * runs and ends is not held up by them.
 */
export async function openObservation({ tracing: config }: Config, log: Logger): Promise<Observation> {
  const { Metrics } = await import("./metrics/metrics.ts");
  const metrics = new Metrics();
  if (config === undefined) return { metrics, tracing: undefined, close: async () => {} };
  const { OpenTelemetryTracing } = await import("./tracing/open-telemetry.ts");
  const tracing = new OpenTelemetryTracing(config, log);
  return { metrics, tracing, close: () => tracing.close() };
}
