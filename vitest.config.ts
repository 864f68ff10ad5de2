import { availableParallelism } from "node:os";
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./tools/closing-line-reporter.ts";

// The packages find each other's sources by this condition, so tests need no build.
const sourceCondition = "@movie-store/source";

// Node, which loads the packages of others, does not know "module", and can't load what the AWS SDK has under it.
const nodeConditions = defaultServerConditions.filter((condition) => condition !== "module");

function project(name: string, root: string, testTimeoutMs = 5_000, exclude: readonly string[] = []) {
  const conditions = [sourceCondition, ...nodeConditions];
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: [sourceCondition] } },
    test: {
      name,
      root,
      include: ["**/*.test.ts"],
      exclude: ["**/node_modules/**", "**/dist/**", ...exclude],
      testTimeout: testTimeoutMs,
      // One second, as it is otherwise, is short for other processes on a busy machine.
      expect: { poll: { timeout: testTimeoutMs / 3 } },
      // For what a test loads past vite, such as a worker thread.
      execArgv: [`--conditions=${sourceCondition}`],
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      project("core", "packages/core"),
      project("adapters", "packages/adapters"),
      project("explorer", "packages/explorer"),
      project("http-koa", "packages/http-koa"),
      project("client", "packages/client"),
      project("lambda-ingest", "packages/lambda-ingest"),
      project("cli", "packages/cli"),
      project("k8s-manifests", "packages/k8s-manifests", 30_000),
      project("aws-stack", "packages/aws-stack", 30_000),
      project("e2e", "e2e", 30_000, ["image/**", "faults/**"]),
      project("bench", "bench"),
      project("tools", "tools", 30_000),
      // Breaks servers of its own for two minutes: `npm run test:faults` does.
      ...(process.env.MOVIE_STORE_TEST_FAULTS === "1" ? [project("faults", "e2e/faults", 30_000)] : []),
      // Builds container images, which takes minutes and a builder: only `npm run test:image` does.
      ...(process.env.MOVIE_STORE_TEST_IMAGE === "1" ? [project("image", "e2e/image")] : []),
    ],
    // A core is kept free otherwise, though half of what tests wait for are servers and browsers.
    maxWorkers: availableParallelism(),
    globalSetup: ["tools/services/global-setup.ts"],
    reporters: ["default", new ClosingLineReporter()],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts"],
    },
  },
});
