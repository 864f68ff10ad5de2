/** GET /openapi.json: the document of this API. */

import type { Answer } from "../answer.ts";
import { digestOf } from "../digest.ts";
import { type DocumentOptions, openApiDocument } from "../openapi/document.ts";
import { noParameters } from "../parameters.ts";
import type { Route } from "../route.ts";

/** @param routes those that the document is about. */
export function documentRoutes(routes: readonly Route[], options: DocumentOptions): readonly Route[] {
  let built: Answer | undefined;

  // Built when it is first asked for, so that no start waits for it.
  function build(): Answer {
    const text = JSON.stringify(openApiDocument(routes, options));
    const bytes = Buffer.from(text);
    return { status: 200, text: bytes, bytes: bytes.length, digest: digestOf(text), cached: "revalidate" };
  }

  return [
    {
      path: "/openapi.json",
      isOpen: true,
      handle: async ({ query }) => {
        noParameters(query);
        built ??= build();
        return built;
      },
    },
  ];
}
