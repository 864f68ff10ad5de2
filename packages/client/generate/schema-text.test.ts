import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { SCHEMA_FILE, schemaText } from "./schema-text.ts";

it("src/schema.ts is what `npm run generate -w @movie-store/client` makes of the API as it is now", {
  timeout: 30_000,
}, async () => {
  expect(await readFile(SCHEMA_FILE, "utf8")).toBe(await schemaText());
});
