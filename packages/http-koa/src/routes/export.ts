/** GET /v1/export: every film as of one change, a line each. */

import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { MovieStore } from "@movie-store/core";
import * as z from "zod";
import { noParameters } from "../parameters.ts";
import { Problem } from "../problem.ts";
import type { Route } from "../route.ts";

/** Each reads the whole store, so that a few of them keep it as busy as the rest of the world. */
const MAX_EXPORTS = 4;

export function exportRoutes(store: MovieStore): readonly Route[] {
  let exports = 0;

  async function* bounded(pieces: AsyncIterable<string>): AsyncGenerator<string> {
    if (exports >= MAX_EXPORTS) throw new Problem("overloaded", "too many exports at once; try again");
    exports++;
    try {
      yield* pieces;
    } finally {
      exports--;
    }
  }

  return [
    {
      path: "/v1/export",
      operation: {
        id: "exportMovies",
        tag: "films",
        summary: "Every film, as of one change",
        description:
          'A stream of JSON lines: first `{"version":N}`, then each film as it was after change N, a `Movie` a line, in the order of their ids, whatever is taken in meanwhile. `/v1/changes?after=N` goes on from there. An answer that ends without being whole is cut off by the connection.',
        answers: { "application/x-ndjson": z.string() },
        problems: [],
        isStream: true,
      },
      handle: async ({ query, acceptsEncoding }) => {
        noParameters(query);
        const version = await store.version();
        const isCompressed = acceptsEncoding("gzip");
        const pieces = () => bounded(store.exportText(version));
        return {
          mediaType: "application/x-ndjson; charset=utf-8",
          version,
          headers: ["Vary", "Accept-Encoding", ...(isCompressed ? ["Content-Encoding", "gzip"] : [])],
          // It goes on when the process is about to stop: half an export is of no use.
          chunks: () => (isCompressed ? compressed(pieces()) : pieces()),
        };
      },
    },
  ];
}

/** A failure of the pieces is one of what is read here; who stops reading here stops them. */
async function* compressed(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  pipeline(Readable.from(pieces), gzip, () => {});
  yield* gzip;
}
