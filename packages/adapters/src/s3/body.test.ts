import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { readBody } from "./body.ts";

const never = new AbortController().signal;

function read(body: Readable, announcedBytes: number | undefined, signal: AbortSignal = never) {
  return readBody(body, { announcedBytes, maxBytes: 4, signal });
}

test.each([[["ab", "cd"]], [["abcd"]], [[]]])("the chunks %j are put together", async (chunks) => {
  const text = chunks.join("");
  const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  expect(Buffer.from((await read(body, text.length)) ?? "none").toString()).toBe(text);
  expect(body.destroyed).toBe(true);
});

test("what is announced as too large is not waited for", async () => {
  // Nothing will ever come of this one.
  const body = new PassThrough();
  expect(await read(body, 5)).toBeUndefined();
  expect(body.destroyed).toBe(true);
  // Its connection may yet break; without a listener that would end the process.
  body.emit("error", new Error("late"));
});

test.each([undefined, 3])("what becomes too large is left, announced as %j", async (announced) => {
  const body = new PassThrough();
  body.write("abc");
  body.write("de");
  expect(await read(body, announced)).toBeUndefined();
  expect(body.destroyed).toBe(true);
});

test.each(["abc", ""])("of four bytes, %j are not enough", async (text) => {
  const body = new PassThrough();
  body.end(text);
  await expect(read(body, 4)).rejects.toMatchObject({ code: "unavailable" });
});

test("what does not end is given up when the signal says so", async () => {
  const body = new PassThrough();
  body.write("ab");
  const giveUp = new AbortController();
  const reading = expect(read(body, 4, giveUp.signal)).rejects.toMatchObject({ name: "AbortError" });
  giveUp.abort();
  await reading;
  expect(body.destroyed).toBe(true);
});

test("what breaks is reported", async () => {
  const body = new PassThrough();
  const reading = expect(read(body, 4)).rejects.toThrow("reset");
  body.destroy(new Error("reset"));
  await reading;
});
