/** GET /docs: a page to read and try the API with, all of it served from here. */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Answer } from "../answer.ts";
import { digestOf } from "../digest.ts";
import type { Route } from "../route.ts";

/** The page loads nothing from elsewhere, and nothing that stands in it runs. Its style sheet has icons as data. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const OWN_FILES = new URL("../../docs-page/", import.meta.url);
const require = createRequire(import.meta.url);

interface PageFile {
  readonly path: string;
  readonly file: URL | string;
  readonly mediaType: string;
}

const FILES: readonly PageFile[] = [
  { path: "/docs", file: new URL("index.html", OWN_FILES), mediaType: "text/html; charset=utf-8" },
  {
    path: "/docs/initialise.js",
    file: new URL("initialise.js", OWN_FILES),
    mediaType: "text/javascript; charset=utf-8",
  },
  {
    path: "/docs/swagger-ui-bundle.js",
    file: require.resolve("swagger-ui-dist/swagger-ui-bundle.js"),
    mediaType: "text/javascript; charset=utf-8",
  },
  {
    path: "/docs/swagger-ui.css",
    file: require.resolve("swagger-ui-dist/swagger-ui.css"),
    mediaType: "text/css; charset=utf-8",
  },
  {
    path: "/docs/favicon-32x32.png",
    file: require.resolve("swagger-ui-dist/favicon-32x32.png"),
    mediaType: "image/png",
  },
];

export function docsRoutes(): readonly Route[] {
  return FILES.map((pageFile) => {
    let loading: Promise<LoadedFile> | undefined;
    return {
      path: pageFile.path,
      isOpen: true,
      handle: async ({ acceptsEncoding }) => {
        loading ??= load(pageFile).catch((error) => {
          loading = undefined;
          throw error;
        });
        const { plain, compressed } = await loading;
        return acceptsEncoding("gzip") ? compressed : plain;
      },
    };
  });
}

interface LoadedFile {
  readonly plain: Answer;
  readonly compressed: Answer;
}

/** Read and compressed once, when it is first asked for: most processes never are. */
async function load({ file, mediaType }: PageFile): Promise<LoadedFile> {
  const bytes = await readFile(file);
  const digest = digestOf(bytes);
  const common = {
    status: 200,
    mediaType,
    cached: "revalidate",
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
  } as const;
  return {
    plain: { ...common, text: bytes, bytes: bytes.length, digest, headers: ["Vary", "Accept-Encoding"] },
    compressed: {
      ...common,
      text: await promisify(gzip)(bytes),
      // Another representation, so another strong validator.
      digest: `${digest}-gzip`,
      headers: ["Vary", "Accept-Encoding", "Content-Encoding", "gzip"],
    },
  };
}
