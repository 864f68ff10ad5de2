#!/usr/bin/env node
// npm links a bin only when its file exists at install time, which dist/main.js does not in a fresh clone.
// So this file is the bin: in the repository it runs the sources, elsewhere what was built.
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";

const sources = new URL("../src/main.ts", import.meta.url);

// Node strips no types below node_modules.
if (!sources.pathname.includes("/node_modules/") && existsSync(sources)) {
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: ["@movie-store/source", ...context.conditions] }),
  });
  await import(sources.href);
} else {
  await import("../dist/main.js");
}
