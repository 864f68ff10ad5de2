/** Which pages of other origins may read the answers (Fetch standard, "CORS protocol"). */

/** What a page may send. */
const ALLOWED_HEADERS = ["Authorization", "If-None-Match", "Last-Event-ID", "X-Api-Key", "X-Request-Id"].join(
  ", ",
);

/** Browsers ask again after two hours at the latest. */
const MAX_AGE_SECONDS = 7_200;

export const ANY_ORIGIN = "*";

/** Keys come in headers that a page has to set itself, never in cookies: so any origin may be let in. */
export class Cors {
  readonly #origins: ReadonlySet<string>;
  /** The headers of every answer, whoever asks. */
  readonly always: readonly string[];

  /** @param origins none, {@link ANY_ORIGIN} alone, or origins such as `https://films.example`. */
  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
    if (this.#origins.has(ANY_ORIGIN)) this.always = headersOf(ANY_ORIGIN);
    // An answer for one origin must not be handed to another by a cache.
    else this.always = origins.length === 0 ? [] : ["Vary", "Origin"];
  }

  /** The further headers of every answer to a request from `origin`. */
  headersFor(origin: string | undefined): readonly string[] | undefined {
    if (origin === undefined || origin === ANY_ORIGIN || !this.#origins.has(origin)) return undefined;
    return headersOf(origin);
  }

  /**
   * What is added to the answer to OPTIONS when it is a browser's question whether a page may make a request.
   *
   * @param methods which it may use.
   */
  preflightHeaders(methods: string): readonly string[] {
    if (this.#origins.size === 0) return [];
    return [
      "Access-Control-Allow-Methods",
      methods,
      "Access-Control-Allow-Headers",
      ALLOWED_HEADERS,
      "Access-Control-Max-Age",
      `${MAX_AGE_SECONDS}`,
    ];
  }
}

/** The page may read every header of the answer; `*` means just that where there are no cookies. */
function headersOf(origin: string): readonly string[] {
  return ["Access-Control-Allow-Origin", origin, "Access-Control-Expose-Headers", "*"];
}

/**
 * Reads `*`, `none` or a comma list of origins.
 *
 * @returns the origins, or what is wrong with the text.
 */
export function readOrigins(text: string): readonly string[] | string {
  if (text === "none") return [];
  const origins = text.split(",").map((item) => item.trim());
  if (origins.length === 1 && origins[0] === ANY_ORIGIN) return origins;
  const isOrigin = (item: string) => /^https?:[^*]*$/.test(item) && URL.parse(item)?.origin === item;
  return origins.every(isOrigin)
    ? origins
    : "must be *, none, or origins with commas between them, like https://films.example";
}
