/** Loaded into a process before its program: tells whoever connects to its socket what the process holds. */

import { createServer } from "node:net";

/** What a process says of itself, once all that can be collected has been. */
export interface Held {
  /** Bytes of objects and of what they keep outside of the heap. */
  readonly heapBytes: number;
  /** Whatever keeps the process going, by its kind: `TCPSocketWrap`, `Timeout`, … */
  readonly resources: Readonly<Record<string, number>>;
  /** Such as that of too many listeners. */
  readonly warnings: readonly string[];
}

const warnings: string[] = [];
process.on("warning", ({ name, message }) => warnings.push(`${name}: ${message}`));

const server = createServer((socket) => {
  socket.on("error", () => {});
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const held: Held = { heapBytes: heapUsed + external, resources, warnings };
  socket.end(JSON.stringify(held));
});
server.listen(process.env["MOVIE_STORE_SOAK_PROBE"]).unref();
