/** Takes the place of `fetch`: gives the answers it was told, one a request, and notes the requests. */

import type { Fetch } from "../src/retrying-fetch.ts";

export interface ScriptedApi {
  readonly fetch: Fetch;
  readonly requests: readonly Request[];
}

/** Once they are used up, every request fails as it does when nothing listens. */
export function scriptedApi(...answers: readonly (Response | Error)[]): ScriptedApi {
  const requests: Request[] = [];
  const fetch: Fetch = async (request) => {
    const answer = answers[requests.push(request) - 1] ?? new TypeError("fetch failed");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetch, requests };
}

export function problemAnswer(
  status: number,
  details: object,
  headers: Record<string, string> = {},
): Response {
  return Response.json(
    { type: "about:blank", title: "", status, detail: "no", requestId: "r-1", ...details },
    { status, headers: { "Content-Type": "application/problem+json", ...headers } },
  );
}

/** A body that is sent piece by piece, by hand. */
export class HeldBody {
  readonly stream: ReadableStream<Uint8Array>;
  isCancelled = false;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(...pieces: readonly (string | Uint8Array)[]) {
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.isCancelled = true;
      },
    });
    for (const piece of pieces) this.send(piece);
  }

  send(piece: string | Uint8Array): void {
    this.#controller?.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
  }

  end(): void {
    this.#controller?.close();
  }

  /** As when the connection is lost. */
  break(): void {
    this.#controller?.error(new TypeError("terminated"));
  }
}
