/** Leaves out of a bundle what mysql2 brings along and this program has no use for. */

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

const UTF8_ONLY = fileURLToPath(new URL("utf8-only.ts", import.meta.url));

export const leanMysql2: Plugin = {
  name: "lean mysql2",
  setup: (build) => {
    build.onResolve({ filter: /^iconv-lite$/ }, () => ({ path: UTF8_ONLY }));
    build.onLoad({ filter: /\/mysql2\/lib\/constants\/errors\.js$/ }, ({ path }) => ({
      contents: errorTable(createRequire(import.meta.url)(path) as object),
    }));
  },
};

/**
 * The module of the error numbers and their names, with each name once.
 *
 * @param errors what the module exports: numbers by name, and names by number.
 */
export function errorTable(errors: object): string {
  const names = Object.fromEntries(Object.entries(errors).filter(([, name]) => typeof name === "string"));
  return [
    `const names = ${JSON.stringify(names)};`,
    "for (const number in names) exports[names[number]] = Number(number);",
    "Object.assign(exports, names);",
  ].join("\n");
}
