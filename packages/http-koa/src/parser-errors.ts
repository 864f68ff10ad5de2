/** Answers what node:http could not parse, in the form of every other problem. */

import { randomUUID } from "node:crypto";
import { type Server, STATUS_CODES } from "node:http";
import { PROBLEM_HEADERS } from "./answer.ts";
import type { Logger } from "./logger.ts";
import type { Pipelines } from "./pipelines.ts";
import { Problem, problemText } from "./problem.ts";

/**
 * @param server not listening yet.
 * @param pipelines told of each request.
 * @param always headers that every answer has, names and values in turn.
 * @param observe is told of each problem.
 */
export function answerParserErrors(
  server: Server,
  log: Logger,
  pipelines: Pipelines,
  always: readonly string[],
  observe: (problem: Problem) => void,
): void {
  const pairs = [...PROBLEM_HEADERS, ...always];
  const headers = pairs.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${pairs[at + 1]}`] : []));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // An answer to a later request must not come before those to earlier ones.
    if (!socket.writable || pipelines.pendingOf(socket) > 0 || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const requestId = randomUUID();
    const problem = problemOfParser(error.code);
    log.info({ requestId, status: problem.status, code: problem.code, reason: error.code }, "request");
    observe(problem);
    const text = problemText(problem, requestId);
    const head = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      "Content-Type: application/problem+json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(text)}`,
      `X-Request-Id: ${requestId}`,
      ...headers,
      "Connection: close",
    ];
    // Destroyed at once after it: what else the client sends is not read any more.
    socket.end(`${head.join("\r\n")}\r\n\r\n${text}`, () => socket.destroy());
  });
}

function problemOfParser(code: string | undefined): Problem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new Problem("too-large", "request line and headers may have 16 KiB together");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new Problem("request-timeout", "the request did not arrive in time");
    default:
      return new Problem("bad-request", "what was sent is not a valid HTTP request");
  }
}
