import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";

/**
 * Ends a run with `N passed, N failed` (and `, N skipped`) alone on a line; CLOSING_LINE_FILE names a file to
 * write the line to instead. With MOVIE_STORE_TEST_ALL=1 a skipped test counts as failed.
 */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === "passed").length;
    let failed = tests.filter((test) => test.result().state === "failed").length;
    // A file that does not load, or a hook that throws, fails without a failed test.
    failed += modules.filter(
      (module) => !module.ok() && [...module.children.allTests("failed")].length === 0,
    ).length;
    failed += unhandledErrors.length;

    let skipped = tests.filter((test) => ["skipped", "pending"].includes(test.result().state));
    if (process.env.MOVIE_STORE_TEST_ALL === "1" && skipped.length > 0) {
      console.log("\nWith MOVIE_STORE_TEST_ALL=1 every test has to run, but these did not:");
      for (const test of skipped) console.log(`  ${where(test)}`);
      process.exitCode = 1;
      failed += skipped.length;
      skipped = [];
    }

    const line = `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`;
    const file = process.env.CLOSING_LINE_FILE;
    if (file) writeFileSync(file, `${line}\n`);
    else console.log(`\n${line}`);
  }
}

function where(test: TestCase): string {
  return `${test.project.name}: ${test.module.relativeModuleId} > ${test.fullName}`;
}
