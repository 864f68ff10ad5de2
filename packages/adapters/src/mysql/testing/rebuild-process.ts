/** A process that rebuilds the store of the URL that it is given, to be killed in the middle. */

import { decide, readSubmission } from "@movie-store/core";
import { MySqlMovieRepository } from "../movie-repository.ts";

const [url = "", first = ""] = process.argv.slice(2);
const repository = MySqlMovieRepository.open({ url });
await repository.rebuild(
  (update) => readSubmission(update.object, update.receivedAtMs),
  (stored, batch) => decide(stored, batch, { priority: [first] }),
  { nowMs: 2_000_000_000_000 },
);
await repository.close();
