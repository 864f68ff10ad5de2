/** Finds or starts the servers that tests need; `inject` gives them the addresses (see provided-context.d.ts). */

import { relative } from "node:path";
import type { ProvidedContext } from "vitest";
import type { TestProject } from "vitest/node";

export default async function setUp({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  const files = vitest.state.getPaths().map((path) => relative(vitest.config.root, path));
  if (!files.some(needsServers)) return undefined;

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
  if (env.MOVIE_STORE_TEST_ALL !== "1") {
    for (const notice of servers.missing) console.warn(`\n${notice}`);
  } else if (servers.missing.length > 0) {
    // Not thrown, so that what can be tested is tested all the same.
    const notices = servers.missing.join("\n\n");
    vitest.state.catchError(
      new Error(`With MOVIE_STORE_TEST_ALL=1 every server has to be there.\n\n${notices}`),
      "Missing servers",
    );
  }
  return servers.stop;
}

/** Told by the name of a test file. */
function needsServers(file: string): boolean {
  return file.endsWith(".integration.test.ts") || file.startsWith("e2e/");
}
