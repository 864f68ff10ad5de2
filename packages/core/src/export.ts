/** Every film as it was after one change, read page by page while writers go on. */

import { mapConcurrently } from "./concurrent.ts";
import { renderMovie, type StoredFilm } from "./movie.ts";
import type { MovieRepository } from "./movie-repository.ts";

const PAGE = 500;
/** Films at once whose past state is looked up. */
const LOOK_UPS = 4;
/** Lines are handed on in pieces of about so many characters: a system call each would cost more than the line. */
const PIECE_CHARACTERS = 65_536;

/**
 * The finished JSON of each film that was live after change `version`, in the order of their ids.
 *
 * No transaction is kept open. A film whose last change is not behind `version` is as it was then; of one that has
 * changed since, the change says what it was that held at `version`; one that has none up to there was not yet. No id
 * ever goes away, so the walk over the ids meets all that there were.
 *
 * @param version not greater than the store's.
 */
export async function* moviesAsOf(repository: MovieRepository, version: number): AsyncGenerator<string> {
  for (let after = ""; ; ) {
    const page = await repository.allFilms({ after, limit: PAGE, notBefore: version });
    if (page.length === 0) return;
    const then = await mapConcurrently(page, LOOK_UPS, (film) => jsonAsOf(repository, film, version));
    for (const json of then) if (json !== undefined) yield json;
    after = page.at(-1)?.state.id ?? after;
  }
}

async function jsonAsOf(
  repository: MovieRepository,
  { state, version: changed, json }: StoredFilm,
  version: number,
): Promise<string | undefined> {
  if (changed <= version) return state.status === "live" ? json : undefined;
  const change = await repository.changeAt(state.id, { number: version });
  if (change?.after.status !== "live") return undefined;
  return renderMovie(change.after.content, change.number, new Date(change.atMs).toISOString());
}

/** NDJSON in pieces that are good to send: `{"version":N}`, then a film a line. */
export async function* exportPieces(movies: AsyncIterable<string>, version: number): AsyncGenerator<string> {
  let piece = `${JSON.stringify({ version })}\n`;
  for await (const json of movies) {
    piece += `${json}\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}
