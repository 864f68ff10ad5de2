/** Finds or starts what tests need; `inject` tells them where it is (see provided-context.d.ts). */

import { relative } from "node:path";
import type { ProvidedContext } from "vitest";
import type { TestProject, Vitest } from "vitest/node";
import { findBrowser } from "./browser.ts";
import { findKubectl } from "./kubectl.ts";
import { findMySqlPrograms } from "./mysql-programs.ts";

export default async function setUp({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const files = vitest.state.getPaths().map((path) => relative(vitest.config.root, path));
  if (files.some(needsBrowser)) await provideBrowser(vitest);
  if (files.some(needsKubectl)) await provideKubectl(vitest);
  if (files.some(losesServers)) await tellMySqlPrograms(vitest);
  return files.some(needsServers) ? provideServers(vitest) : undefined;
}

async function provideBrowser(vitest: Vitest): Promise<void> {
  const found = await findBrowser(process.env);
  vitest.provide("browser", found.program);
  if (found.program !== undefined) console.log(`Browser for the tests: ${found.version}, ${found.program}`);
  else tellMissing(vitest, [found.notice], "a browser");
}

async function provideKubectl(vitest: Vitest): Promise<void> {
  const found = await findKubectl(process.env);
  vitest.provide("kubectl", found.program);
  if (found.program !== undefined) console.log(`kubectl for the tests: ${found.version}, ${found.program}`);
  else tellMissing(vitest, [found.notice], "kubectl");
}

async function tellMySqlPrograms(vitest: Vitest): Promise<void> {
  const found = await findMySqlPrograms(process.env);
  if (found.mysqld === undefined) tellMissing(vitest, [found.notice], "a MySQL of its own");
}

async function provideServers(vitest: Vitest): Promise<() => Promise<void>> {
  // Loaded late, so that other runs do not wait for the clients of the servers.
  const { findServers } = await import("./find-servers.ts");
  const { allServices } = await import("./services.ts");
  const { env } = process;
  const servers = await findServers(allServices(env), env);
  for (const [name, value] of Object.entries(servers.context)) {
    vitest.provide(name as keyof ProvidedContext, value);
  }
  console.log(`Servers for the tests: ${servers.sources.join(", ") || "none"}`);
  for (const notice of servers.standIns) console.warn(`\n${notice}`);
  if (servers.missing.length > 0) tellMissing(vitest, servers.missing, "every server");
  return servers.stop;
}

function tellMissing(vitest: Vitest, notices: readonly string[], what: string): void {
  if (process.env.MOVIE_STORE_TEST_ALL !== "1") {
    for (const notice of notices) console.warn(`\n${notice}`);
    return;
  }
  // Not thrown, so that what can be tested is tested all the same.
  const error = new Error(`With MOVIE_STORE_TEST_ALL=1 ${what} has to be there.\n\n${notices.join("\n\n")}`);
  vitest.state.catchError(error, `Missing: ${what}`);
}

/** Told by the name of a test file, as is what follows. */
function needsServers(file: string): boolean {
  const isEndToEnd = file.startsWith("e2e/") && !needsBrowser(file) && !file.startsWith("e2e/faults/");
  return file.endsWith(".integration.test.ts") || isEndToEnd;
}

/** Pages are tested on the embedded store, so a browser is all they need. */
function needsBrowser(file: string): boolean {
  return file.startsWith("e2e/explorer/") || file.endsWith(".browser.test.ts");
}

function losesServers(file: string): boolean {
  return ["e2e/faults/", "e2e/operations/", "e2e/regions/"].some((folder) => file.startsWith(folder));
}

function needsKubectl(file: string): boolean {
  return file.startsWith("packages/k8s-manifests/");
}
