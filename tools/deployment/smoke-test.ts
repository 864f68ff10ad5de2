/**
 * Asks an API, as its consumers do, whether it answers as it should: `node smoke-test.ts <url>`, with a key in
 * SMOKE_TEST_KEY where it wants one. Nothing is written. Ends with 1 and says why when an answer is wrong.
 */

import { setTimeout } from "node:timers/promises";

/** A gateway needs a moment to see new pods: no answer, or one of 5xx, is waited out so long. */
const PATIENCE_MS = Number(process.env["SMOKE_TEST_PATIENCE_MS"] ?? 60_000);
const PAUSE_MS = Math.min(1_000, PATIENCE_MS / 4);

interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

const [origin] = process.argv.slice(2);
if (origin === undefined) throw new Error("names no URL");
const key = process.env["SMOKE_TEST_KEY"];
const untilMs = performance.now() + PATIENCE_MS;

try {
  const page = await ask("/v1/movies?limit=1", 200);
  require(Array.isArray(page.body["movies"]), "a page has no list of films");
  require(typeof page.body["version"] === "number", "a page has no version");
  require(page.headers.has("etag"), "a page has no ETag");

  const [film] = page.body["movies"] as readonly { readonly id: string }[];
  if (film !== undefined) {
    const { body } = await ask(`/v1/movies/${film.id}`, 200);
    require(body["id"] === film.id, "a film answers by another id");
  }
  const { body: values } = await ask("/v1/genres?limit=1", 200);
  require(Array.isArray(values["values"]), "the genres are no list");
  const { body: problem } = await ask("/v1/movies?limit=0", 400);
  require(typeof problem["code"] === "string", "a problem has no code");
  if (key !== undefined) await ask("/v1/movies", [401, 403], {});
  process.stdout.write(`${origin} answers as it should: version ${page.body["version"]}\n`);
} catch (error) {
  process.stderr.write(
    `${origin} does not answer as it should: ${error instanceof Error ? error.message : error}\n`,
  );
  process.exitCode = 1;
}

async function ask(
  path: string,
  wanted: number | readonly number[],
  headers: Readonly<Record<string, string>> = key === undefined ? {} : { "X-Api-Key": key },
): Promise<Seen> {
  const seen = await answerTo(origin + path, headers);
  require([wanted]
    .flat()
    .includes(seen.status), `${path} is answered with ${seen.status} instead of ${wanted}`);
  return seen;
}

async function answerTo(url: string, headers: Readonly<Record<string, string>>): Promise<Seen> {
  for (;;) {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) }).catch(
      (error: unknown) => {
        if (performance.now() > untilMs) throw new Error(`${url} is not answered`, { cause: error });
      },
    );
    if (answer !== undefined && (answer.status < 500 || performance.now() > untilMs)) {
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: objectOf(text) };
    }
    await setTimeout(PAUSE_MS);
  }
}

/** Empty for what is no object of JSON, such as a page of the gateway. */
function objectOf(text: string): Seen["body"] {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function require(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise);
}
