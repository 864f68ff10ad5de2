/** GET /: the explorer, a page to look at the store with, and its files. The page is open; what it asks the API is not. */

import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { type Explorer, FILES_PATH, loadExplorer } from "@movie-store/explorer";
import type { Answer } from "../answer.ts";
import { digestOf } from "../digest.ts";
import { Problem } from "../problem.ts";
import type { ApiRequest, Route } from "../route.ts";

export interface ExplorerOptions {
  /** The page may show pictures from these hosts, over https. */
  readonly posterHosts: readonly string[];
  /** Default: the page of `@movie-store/explorer`. */
  readonly load?: () => Promise<Explorer>;
}

/** The forms of one file, each a finished answer. */
interface Forms {
  readonly plain: Answer;
  readonly brotli: Answer;
  readonly gzip: Answer;
}

interface LoadedPage {
  readonly page: Forms;
  readonly files: ReadonlyMap<string, Forms>;
}

export function explorerRoutes({ posterHosts, load = loadExplorer }: ExplorerOptions): readonly Route[] {
  let last: { readonly explorer: Explorer; readonly loaded: Promise<LoadedPage> } | undefined;
  const current = async () => {
    const explorer = await load();
    if (last?.explorer !== explorer) last = { explorer, loaded: loadedPage(explorer, posterHosts) };
    return last.loaded;
  };
  return [
    {
      path: "/",
      isOpen: true,
      handle: async (request) => {
        const loaded = await current().catch((error: unknown) => missingPage(error));
        return "page" in loaded ? formFor(request, loaded.page) : loaded;
      },
    },
    {
      path: `${FILES_PATH}:id`,
      isOpen: true,
      handle: async (request) => {
        const loaded = await current().catch(() => undefined);
        const file = loaded?.files.get(request.id);
        if (file === undefined) throw new Problem("unknown-path", "the page has no such file; load it anew");
        return formFor(request, file);
      },
    },
  ];
}

function formFor({ acceptsEncoding }: ApiRequest, forms: Forms): Answer {
  if (acceptsEncoding("br")) return forms.brotli;
  return acceptsEncoding("gzip") ? forms.gzip : forms.plain;
}

async function loadedPage({ page, files }: Explorer, posterHosts: readonly string[]): Promise<LoadedPage> {
  // The names of hosts have no character that HTML would read as its own.
  const place = '<meta name="poster-hosts" content="';
  const bytes = new TextEncoder().encode(page.replace(place, `${place}${posterHosts.join(" ")}`));
  const compressed = { brotli: await promisify(brotliCompress)(bytes), gzip: await promisify(gzip)(bytes) };
  return {
    page: formsOf(
      { bytes, ...compressed },
      {
        mediaType: "text/html; charset=utf-8",
        cached: "revalidate",
        contentSecurityPolicy: policy(posterHosts),
      },
    ),
    files: new Map(
      files.map(({ name, mediaType, ...bodies }) => [
        name,
        formsOf(bodies, { mediaType, cached: "immutable" }),
      ]),
    ),
  };
}

/** Nothing that stands in the page itself runs, and nothing is loaded from elsewhere but the pictures allowed. */
function policy(posterHosts: readonly string[]): string {
  const pictures = ["'self'", "data:", ...posterHosts.map((host) => `https://${host}`)];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${pictures.join(" ")}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

interface Bodies {
  readonly bytes: Uint8Array;
  readonly brotli: Uint8Array;
  readonly gzip: Uint8Array;
}

function formsOf(
  { bytes, brotli, gzip }: Bodies,
  common: Pick<Answer, "mediaType" | "cached" | "contentSecurityPolicy">,
): Forms {
  const digest = digestOf(bytes);
  const form = (body: Uint8Array, encoding?: string): Answer => ({
    ...common,
    status: 200,
    text: body,
    bytes: body.length,
    // Each form is a representation of its own, so each has a validator of its own.
    digest: encoding === undefined ? digest : `${digest}-${encoding}`,
    headers: ["Vary", "Accept-Encoding", ...(encoding === undefined ? [] : ["Content-Encoding", encoding])],
  });
  return { plain: form(bytes), brotli: form(brotli, "br"), gzip: form(gzip, "gzip") };
}

/** The API needs no page, so nothing fails for want of it; whoever looks for it is told what to do. */
function missingPage(error: unknown): Answer {
  // A fault of the system has a code, and paths of this machine in its message. Those are not for every reader.
  const isOfSystem = !(error instanceof Error) || "code" in error;
  const reason = isOfSystem ? "it was not built." : error.message;
  const text = `The explorer is not there: ${reason}

Run "npm ci" and "npm run build" in the folder of the repository, and load this page again. The API is there all the same:
/v1/movies is its search, and /docs describes the rest.
`;
  return { status: 503, text, mediaType: "text/plain; charset=utf-8", cached: "never" };
}
