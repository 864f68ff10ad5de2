/** How a Redis is named and reached; the same for the cache and its invalidation channel. */

import { getCACertificates } from "node:tls";
import { MovieStoreError } from "@movie-store/core";
import type { RedisOptions as ClientOptions } from "ioredis";

export interface RedisOptions {
  /**
   * `redis://[[user]:password@]host[:port][/database]`; `rediss://` for TLS, checked against the authorities that
   * Node and the system trust. It names the primary, of a Redis (6 or later) or Valkey whose cluster mode is off.
   *
   * The user needs the commands `hello`, `info`, `mget`, `get`, `set`, `del`, `publish` and `subscribe`, on keys and
   * channels that begin with the prefix.
   */
  readonly url: string;
  /** Begins every key and channel: stores with different prefixes share nothing. Default: `movie-store`. */
  readonly prefix?: string;
  /**
   * How often Redis is asked whether it answers, and is still the same primary; it is late when the next question is
   * due. Until that is noticed, a primary that was replaced meanwhile is still used. Default: 250.
   */
  readonly heartbeatMs?: number;
  readonly onEvent?: (event: RedisEvent) => void;
}

/** What operators want to know: said when it changes, not at every attempt. */
export interface RedisEvent {
  readonly connection: "cache" | "channel";
  /** Whether Redis is used from now on. */
  readonly isUp: boolean;
  /** Why it is not; never has a password in it. */
  readonly reason?: string;
}

type Address = Pick<ClientOptions, "host" | "port" | "username" | "password" | "db" | "tls">;

export const DEFAULT_PREFIX = "movie-store";
const DEFAULT_PORT = 6379;
const PROTOCOLS: ReadonlySet<string> = new Set(["redis:", "rediss:"]);

/**
 * ioredis would take any of its options out of the query of a URL, before those that are given in code.
 *
 * @throws MovieStoreError `invalid-argument`, without a word of what was given.
 */
export function addressOf(url: string): Address {
  const parsed = URL.parse(url);
  const database = /^\/?(\d{0,4})$/.exec(parsed?.pathname ?? "-")?.[1];
  const isUsable = parsed !== null && PROTOCOLS.has(parsed.protocol) && parsed.hostname !== "";
  if (!isUsable || database === undefined || parsed.search !== "" || parsed.hash !== "") throw badUrl();
  const username = decoded(parsed.username);
  const password = decoded(parsed.password);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    port: parsed.port === "" ? DEFAULT_PORT : Number(parsed.port),
    db: Number(database),
    ...(username === "" ? {} : { username }),
    ...(password === "" ? {} : { password }),
    ...(parsed.protocol === "rediss:" ? { tls: { ca: trustedAuthorities() } } : {}),
  };
}

/** Node trusts a list of its own only, and containers without a system's list have just that one. */
function trustedAuthorities(): string[] {
  return [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl();
  }
}

function badUrl(): MovieStoreError {
  const shape = "redis://[[user]:password@]host[:port][/database], or rediss:// for TLS";
  return new MovieStoreError("invalid-argument", `the URL of Redis has to look like ${shape}`, {
    field: "url",
  });
}
