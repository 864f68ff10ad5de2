export { ConfigError, LOG_LEVELS, type LogLevel } from "@movie-store/adapters/variables";
export type { ApiKey } from "./api-keys.ts";
export { type App, type AppOptions, createApp } from "./app.ts";
export { ChangeFeed, type ChangeFeedOptions, type FeedPiece } from "./change-feed.ts";
export { type Config, loadConfig, VARIABLES } from "./config.ts";
export {
  CACHE,
  CLOCK,
  CONFIG,
  type Container,
  createContainer,
  LOGGER,
  REPOSITORY,
  type Replacements,
  STORE,
  type Token,
} from "./container.ts";
export { createLogger, type Logger } from "./logger.ts";
export { type Observation, openObservation } from "./observation.ts";
export type { ProblemCode } from "./problem.ts";
export { type RunningServer, type ServerOptions, startServer } from "./server.ts";
