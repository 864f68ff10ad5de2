/** The log: one JSON object a line on standard output. */

import type { LogLevel } from "@movie-store/adapters/variables";
import { type DestinationStream, type Logger, pino } from "pino";
import { standardOutput } from "./log-blocks.ts";

export type { Logger } from "pino";

/** @param stream default: standard output, in blocks. */
export function createLogger(level: LogLevel, stream?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream ?? standardOutput(),
  );
}
