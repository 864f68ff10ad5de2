import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bundle } from "./bundle.ts";
import { mediaTypeOf } from "./explorer.ts";

test("the page names each of its files, which are there in all forms", async () => {
  const { page, files } = await bundle();
  expect(files).toHaveLength(3);
  for (const name of [/^icon-\w{8}\.svg$/, /^main-\w{8}\.css$/, /^main-\w{8}\.js$/])
    expect(files).toContainEqual(expect.objectContaining({ name: expect.stringMatching(name) }));
  for (const { name, bytes, brotli, gzip, mediaType } of files) {
    expect(page).toContain(`"/explorer/${name}"`);
    expect(brotliDecompressSync(brotli).equals(bytes)).toBe(true);
    expect(gunzipSync(gzip).equals(bytes)).toBe(true);
    expect(mediaType).toBe(mediaTypeOf(name));
  }
  // What a policy without exceptions would keep from running.
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|style=/);
});

test("a name follows from the content, so that it may be kept for ever", async () => {
  const names = async () => (await bundle()).files.map(({ name }) => name);
  expect(await names()).toEqual(await names());
});

test("a file of another kind is none of the page", () => {
  expect(() => mediaTypeOf("main.js.map")).toThrow("main.js.map is no file of the page");
});
