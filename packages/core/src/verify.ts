/** Proof that the films are what the log says: recomputes them and compares. */

import { type Change, sameState } from "./change.ts";
import { finishedFilm } from "./commit.ts";
import type { Decide } from "./decide.ts";
import type { StoredFilm } from "./movie.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { compareText } from "./normalise.ts";
import { isRejection, type LoggedUpdate, type Submission } from "./update.ts";

export interface Difference {
  /** The id of a film, or a change number as text. */
  readonly id: string;
  /** One sentence: what differs. */
  readonly what: string;
}

export interface VerifyReport {
  readonly updates: number;
  readonly films: number;
  readonly changes: number;
  /** At most {@link MAX_DIFFERENCES}. */
  readonly differences: readonly Difference[];
}

export const MAX_DIFFERENCES = 1_000;

const PAGE = 500;

/**
 * Folds the log into an empty repository, then compares film by film, and checks that the changes are numbered
 * without a gap and end in the present states.
 *
 * @param scratch empty; its content is of no use afterwards.
 */
export async function verifyRepository(
  repository: MovieRepository,
  scratch: MovieRepository,
  read: (update: LoggedUpdate) => Submission,
  decide: Decide,
  onProgress: (updates: number) => void = () => {},
): Promise<VerifyReport> {
  const differences: Difference[] = [];
  const report = (id: string, what: string) => {
    if (differences.length < MAX_DIFFERENCES) differences.push({ id, what });
  };
  const updates = await foldLog(repository, scratch, read, decide, report, onProgress);
  const { films, numbered } = await compareFilms(repository, scratch, report);
  const { changes, current } = await checkChanges(repository, report);
  if (numbered !== current) await findLostChanges(repository, report);
  return { updates, films, changes, differences };
}

type Report = (id: string, what: string) => void;

async function foldLog(
  repository: MovieRepository,
  scratch: MovieRepository,
  read: (update: LoggedUpdate) => Submission,
  decide: Decide,
  report: Report,
  onProgress: (updates: number) => void,
): Promise<number> {
  let updates = 0;
  for (let after = 0; ; ) {
    const page = await repository.log({ after, limit: PAGE });
    if (page.length === 0) return updates;
    after = page.at(-1)?.sequence ?? after;
    const batch: Submission[] = [];
    for (const logged of page) {
      if (logged.rejection !== undefined) continue;
      const submission = read(logged);
      if (submission.updateId !== logged.updateId)
        report(logged.updateId, "the bytes of the log are not those received");
      else if (isRejection(submission.outcome))
        report(logged.updateId, `can't be read any more: ${submission.outcome.reason}`);
      else batch.push(submission);
    }
    if (batch.length > 0) await scratch.append(batch, decide);
    updates += page.length;
    onProgress(updates);
  }
}

async function compareFilms(
  stored: MovieRepository,
  recomputed: MovieRepository,
  report: Report,
): Promise<{ films: number; numbered: number }> {
  const left = eachFilm(stored);
  const right = eachFilm(recomputed);
  let films = 0;
  let numbered = 0;
  let a = await next(left);
  let b = await next(right);
  while (a !== undefined || b !== undefined) {
    const order = a === undefined ? 1 : b === undefined ? -1 : compareText(a.state.id, b.state.id);
    if (order < 0 && a !== undefined) {
      if (a.version > 0) numbered++;
      report(a.state.id, "is stored, but the log does not make it");
      a = await next(left);
    } else if (order > 0 && b !== undefined) {
      report(b.state.id, "the log makes it, but it is not stored");
      b = await next(right);
    } else if (a !== undefined && b !== undefined) {
      films++;
      if (a.version > 0) numbered++;
      if (!sameState(a.state, b.state)) report(a.state.id, differenceOf(a, b));
      a = await next(left);
      b = await next(right);
    }
  }
  return { films, numbered };
}

function differenceOf(stored: StoredFilm, recomputed: StoredFilm): string {
  const [a, b] = [stored.state, recomputed.state];
  if (a.status !== b.status) return `is ${a.status}, by the log ${b.status}`;
  if (a.status === "merged" && b.status === "merged") return `leads to ${a.into}, by the log to ${b.into}`;
  if (a.status !== "live" || b.status !== "live") return "has other provider records than by the log";
  const [now, then] = [a.content, b.content] as unknown as Record<string, unknown>[];
  const names = Object.keys({ ...now, ...then });
  const fields = names.filter((name) => JSON.stringify(now?.[name]) !== JSON.stringify(then?.[name]));
  return fields.length === 0
    ? "has other provider records than by the log"
    : `differs in ${fields.join(", ")}`;
}

async function next(films: AsyncGenerator<StoredFilm>): Promise<StoredFilm | undefined> {
  const step = await films.next();
  return step.done === true ? undefined : step.value;
}

/** The states of all ids, ascending by id. */
export async function* eachFilm(repository: MovieRepository): AsyncGenerator<StoredFilm> {
  for (let after = ""; ; ) {
    const page = await repository.allFilms({ after, limit: PAGE });
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1)?.state.id ?? after;
  }
}

async function checkChanges(
  repository: MovieRepository,
  report: Report,
): Promise<{ changes: number; current: number }> {
  let number = 0;
  let current = 0;
  let atMs = 0;
  for (;;) {
    const page = await repository.changes({ after: number, limit: PAGE });
    for (const change of page) {
      number++;
      if (change.number !== number) {
        report(String(number), `the change after ${number - 1} is numbered ${change.number}`);
        number = change.number;
      }
      if (change.atMs < atMs) report(String(number), "is dated before the change before it");
      atMs = change.atMs;
    }
    current += await checkLastChanges(repository, page, report);
    if (page.length === 0) return { changes: number, current };
  }
}

/**
 * A film's version names its last change, which has led to the film's present state.
 *
 * @returns how many of the changes are their film's last.
 */
async function checkLastChanges(
  repository: MovieRepository,
  page: readonly Change[],
  report: Report,
): Promise<number> {
  let current = 0;
  for (let at = 0; at < page.length; at += 100) {
    const changes = page.slice(at, at + 100);
    const { films } = await repository.films(changes.map((change) => change.movieId));
    for (const [place, change] of changes.entries()) {
      const film = films[place];
      if (film === undefined || film.version < change.number) {
        report(change.movieId, `does not know its change ${change.number}`);
      } else if (film.version === change.number) {
        current++;
        if (!leadsTo(change, film)) {
          report(change.movieId, `is not as its change ${change.number} left it`);
        } else if (film.json !== finishedFilm(film.state, change.number, change.atMs).json) {
          report(change.movieId, "the finished JSON is not that of the film");
        }
      }
    }
  }
  return current;
}

/** Films whose version names a change that is not there. */
async function findLostChanges(repository: MovieRepository, report: Report): Promise<void> {
  for await (const { state, version } of eachFilm(repository)) {
    if (version === 0) continue;
    const last = await repository.changeAt(state.id, { number: Number.MAX_SAFE_INTEGER });
    if (last === undefined || last.number < version) {
      report(state.id, `its change ${version} is not among the changes`);
    }
  }
}

function leadsTo(change: Change, { state }: StoredFilm): boolean {
  const { after } = change;
  if (after.status !== state.status) return false;
  if (after.status === "live" && state.status === "live") {
    return JSON.stringify(after.content) === JSON.stringify(state.content);
  }
  return after.status !== "merged" || state.status !== "merged" || after.into === state.into;
}
