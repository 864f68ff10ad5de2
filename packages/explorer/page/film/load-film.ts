/** All that the page of a film shows, read together. */

import type { HistoryAnswer, Movie, SourcesAnswer } from "@movie-store/core";
import { ApiError, ask } from "../api/client.ts";
import type { FilmPlace } from "../place.ts";

export interface Film {
  /** The film's own id: not the one asked for where that turned out to be another film's. */
  readonly id: string;
  /** `undefined`: there is none, or was none at that change. */
  readonly movie: Movie | undefined;
  readonly isWithdrawn: boolean;
  readonly sources: SourcesAnswer;
  readonly history: HistoryAnswer;
}

const HISTORY_PAGE = 100;

/** @throws ApiError when there is no such film. */
export async function loadFilm({ id, at }: FilmPlace, signal: AbortSignal): Promise<Film> {
  const path = `/v1/movies/${encodeURIComponent(id)}`;
  const [found, sources, history] = await Promise.all([
    ask<Movie>(at === undefined ? path : `${path}?at=${at}`, { signal }).catch((error: unknown) => {
      const isGone =
        error instanceof ApiError && (error.status === 410 || (error.status === 404 && at !== undefined));
      if (isGone) return error;
      throw error;
    }),
    ask<SourcesAnswer>(`${path}/sources`, { signal }),
    loadHistory(id, 0, signal),
  ]);
  const common = { sources: sources.body, history };
  if (found instanceof ApiError)
    return { id, movie: undefined, isWithdrawn: found.status === 410, ...common };
  return { id: found.body.id, movie: found.body, isWithdrawn: false, ...common };
}

/** @param after the number that the page before has named. */
export async function loadHistory(id: string, after: number, signal?: AbortSignal): Promise<HistoryAnswer> {
  const target = `/v1/movies/${encodeURIComponent(id)}/history?after=${after}&limit=${HISTORY_PAGE}`;
  return (await ask<HistoryAnswer>(target, signal === undefined ? {} : { signal })).body;
}
