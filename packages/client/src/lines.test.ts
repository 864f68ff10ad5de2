import { expect, it } from "vitest";
import { HeldBody } from "../test/scripted-api.ts";
import { eventBlocksOf } from "./event-stream.ts";
import { linesOf } from "./lines.ts";

it("puts lines together again wherever a body was cut into pieces", async () => {
  const bytes = new TextEncoder().encode("Amélie\r\n\n🎬 Up\nHeat\n");
  for (let size = 1; size <= bytes.length; size++) {
    const body = new HeldBody();
    for (let at = 0; at < bytes.length; at += size) body.send(bytes.slice(at, at + size));
    body.end();
    expect(await Array.fromAsync(linesOf(body.stream))).toEqual(["Amélie", "", "🎬 Up", "Heat"]);
  }
});

it("does not give a line that was cut off", async () => {
  const body = new HeldBody("whole\nhal");
  body.end();
  expect(await Array.fromAsync(linesOf(body.stream))).toEqual(["whole"]);
});

it("lets go of the body when nobody reads on", async () => {
  const body = new HeldBody("one\ntwo\n");
  for await (const line of linesOf(body.stream)) {
    expect(line).toBe("one");
    break;
  }
  expect(body.isCancelled).toBe(true);
});

it("reads events as the standard says", async () => {
  const text = [
    ...["retry: 1000", "id: 7", ""],
    ...[":", "", ": still here", ""],
    ...["id: 8", "event: created", "data: {", "data:}", "unknown", ""],
    ...["id", "retry: soon", ""],
    ...["data: cut off"],
  ];
  async function* lines() {
    yield* text;
  }
  expect(await Array.fromAsync(eventBlocksOf(lines()))).toEqual([
    { id: "7", retryMs: 1_000, data: undefined },
    { id: "8", retryMs: undefined, data: "{\n}" },
    { id: "", retryMs: undefined, data: undefined },
  ]);
});
