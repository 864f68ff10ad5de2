/** Runs the command line. */

import { run } from "./program.ts";

// Who reads the output may stop before its end, as in `movie-store export | head`.
process.stdout.on("error", (error) => {
  if ("code" in error && error.code === "EPIPE") process.exit();
  throw error;
});

await run(process.argv);
