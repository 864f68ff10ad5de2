/** Whatever is asked is answered, in JSON, without a fault of the service, and without what was asked in a header. */

import { nastyStrings } from "@movie-store/core/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AMELIE, filmsOf, HEAT, RONIN } from "../test/films.ts";
import { type RunningApi, startApi } from "../test/running-api.ts";

interface Operation {
  readonly parameters: readonly { readonly name?: string; readonly $ref?: string }[];
}

interface Asked {
  readonly api: RunningApi;
  /** The names of the parameters by path, in which `{id}` stands for an id. */
  readonly parameters: ReadonlyMap<string, readonly string[]>;
}

const FILMS = [HEAT, RONIN, AMELIE, ...filmsOf(1999, 5)];
/** In every text that is sent: no header of an answer may have it. */
const MARK = "xMarkx";
const HEADERS = [
  "X-Request-Id",
  "If-None-Match",
  "Accept",
  "Last-Event-ID",
  "X-Forwarded-Host",
  "Origin",
  "Range",
];

async function startAsked(): Promise<Asked> {
  const api = await startApi({ films: FILMS });
  const { paths } = (await (await api.get("/openapi.json")).json()) as {
    readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  };
  const nameOf = ({ name, $ref = "" }: Operation["parameters"][number]) =>
    name ?? $ref.split("/").at(-1) ?? "";
  return {
    api,
    parameters: new Map(Object.entries(paths).map(([path, { get }]) => [path, get.parameters.map(nameOf)])),
  };
}

/** Of a stream, only the headers are looked at. */
async function expectAnswer(
  api: RunningApi,
  target: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const gone = new AbortController();
  const response = await api.get(target, { headers, signal: gone.signal });
  const { status } = response;
  const about = `${target.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)}: ${status}`;
  for (const [name, value] of response.headers)
    if (name !== "link") expect(value, `${about} ${name}`).not.toContain(MARK);
  // What was asked comes back in the link to the next page, as a part of a URL that nothing in it can end.
  expect(response.headers.get("link") ?? "", about).toMatch(/^(<\/[\x21-\x3b\x3d\x3f-\x7e]*>; rel="next")?$/);
  expect(response.headers.get("x-content-type-options"), about).toBe("nosniff");
  expect(response.headers.get("content-security-policy"), about).toContain("default-src 'none'");
  const mediaType = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  if (mediaType === "text/event-stream") return gone.abort();
  const text = await response.text();
  const body: unknown = /[/+]json$/.test(mediaType) && text !== "" ? JSON.parse(text) : undefined;
  if (status >= 400) expect(body, about).toMatchObject({ status, code: expect.any(String) });
  // The only failure that a caller can bring about: to ask for what is not there yet.
  if (status >= 500) expect(body, about).toMatchObject({ code: "not-yet" });
}

async function expectUnharmed({ api }: Asked): Promise<void> {
  const found = await api.get("/v1/movies?title=heat");
  expect(await found.json()).toMatchObject({ movies: [{ title: "Heat" }] });
  expect(api.log.lines.filter(({ level }) => level === "error" || level === "fatal")).toEqual([]);
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed().slice(0, 2_000));
}

describe("a nasty text", () => {
  test("is answered in a path, in each parameter, and as the name of one", { timeout: 60_000 }, async () => {
    const asked = await startAsked();
    for (const [, text] of nastyStrings) {
      const marked = `${encoded(text)}${MARK}`;
      const targets = [...asked.parameters].flatMap(([path, names]) => [
        ...names.map((name) => `${path.replace("{id}", "x")}?${name}=${encoded(text)}`),
        `${path.replace("{id}", marked)}?${marked}=1`,
      ]);
      targets.push(`/${marked}`, `/v1/movies?title=${marked}`, `/v1/genres?limit=1&${marked}`);
      await Promise.all(targets.map((target) => expectAnswer(asked.api, target)));
    }
    await expectUnharmed(asked);
  });

  test("is answered without an encoding, where a client can send it so", { timeout: 60_000 }, async () => {
    const asked = await startAsked();
    const sendable = nastyStrings
      .map(([, text]) => text)
      .filter((text) => /^[\x21-\x7e]{1,4000}$/.test(text));
    for (const text of sendable) {
      for (const target of [`/v1/movies?title=${text}`, `/v1/movies?${text}`, `/v1/movies/${text}`, text]) {
        const answer = await asked.api.raw(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
        expect(answer, target).toMatch(/^HTTP\/1\.1 (200|3\d\d|4\d\d) /);
      }
    }
    await expectUnharmed(asked);
  });

  test("is answered in headers", { timeout: 60_000 }, async () => {
    const asked = await startAsked();
    for (const [, text] of nastyStrings) {
      const value = Buffer.from(`${text} (${MARK}`, "utf8")
        .toString("latin1")
        .replace(/[^\x20-\x7e\x80-\xff]/g, "");
      for (const name of HEADERS)
        for (const path of ["/v1/movies", "/v1/changes"])
          await expectAnswer(asked.api, path, { [name]: value.slice(-4_000).trim() });
    }
    await expectUnharmed(asked);
  });
});

test("a query string of whatever pieces is answered", { timeout: 60_000 }, async () => {
  const asked = await startAsked();
  const paths = [...asked.parameters.keys()].map((path) => path.replace("{id}", "x"));
  const names = [...new Set([...asked.parameters.values()].flat())];
  const piece = fc.oneof(
    fc.constantFrom(...nastyStrings.map(([, text]) => text)).map(encoded),
    fc.string({ unit: "binary", maxLength: 20 }).map(encoded),
    fc.constantFrom(
      "&",
      "=",
      "&&",
      "==",
      "?",
      "+",
      "%20",
      "[]",
      ";",
      "%",
      "%F",
      "%ff",
      "1",
      "1999..",
      ...names,
    ),
  );
  const query = fc.array(
    fc.oneof(
      piece,
      fc.constantFrom(...names).map((name) => `&${name}=`),
    ),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), query, (path, pieces) =>
      expectAnswer(asked.api, `${path}?${pieces.join("").slice(0, 12_000)}`),
    ),
    { numRuns: 1_500 },
  );
  await expectUnharmed(asked);
});
