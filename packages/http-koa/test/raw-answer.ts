/** An answer as it was sent: `fetch` decodes what is compressed. */

import { type IncomingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export function rawAnswer(
  { port }: { readonly port: number },
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  request({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
    buffer(response).then((body) => resolve({ headers: response.headers, body }), reject);
  })
    .on("error", reject)
    .end();
  return promise;
}
