/** The log: one JSON object a line on standard output. */

import type { LogLevel } from "@movie-store/adapters/variables";
import { type DestinationStream, destination, type Logger, pino } from "pino";

export type { Logger } from "pino";

/**
 * Lines are written in blocks, at the latest after 200 ms and when the process exits, because a system call for each
 * would cost as much as the answer it tells of. What a `kill -9` takes away is the last block.
 *
 * @param stream default: standard output.
 */
export function createLogger(level: LogLevel, stream?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream ?? destination({ dest: 1, sync: false, minLength: 8_192, periodicFlush: 200 }),
  );
}
