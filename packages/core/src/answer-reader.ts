/** Reads from the repository what an answer needs, and finishes its text. Knows nothing of caches. */

import type { TextAnswer } from "./answers.ts";
import type { ValueQuery } from "./kept-values.ts";
import { renderMovie, type StoredFilm } from "./movie.ts";
import type { FilmPage, Moment, MovieRepository } from "./movie-repository.ts";
import { comparePositions, positionOf, writeCursor } from "./page-order.ts";
import { type MovieQuery, matches, type PlannedQuery } from "./query.ts";
import { readSuggestions, type SuggestQuery } from "./suggest.ts";
import { readValues } from "./value-answers.ts";

/** An answer before it is known who had it. */
type ReadAnswer = Omit<TextAnswer, "layer">;

type PageOfIds = FilmPage & { readonly missing?: readonly string[] };

export class AnswerReader {
  readonly #repository: MovieRepository;
  readonly #digest: (text: string) => string;

  constructor(repository: MovieRepository, digest: (text: string) => string) {
    this.#repository = repository;
    this.#digest = digest;
  }

  async page({ query, ids }: PlannedQuery): Promise<ReadAnswer> {
    const page: PageOfIds =
      ids === undefined ? await this.#repository.find(query) : await this.#pageOfIds(query, ids);
    const last = page.films.at(-1)?.state;
    const next =
      page.more && last?.status === "live"
        ? writeCursor(query.sort, positionOf(query.sort, last.content, page.films.at(-1)?.version ?? 0))
        : undefined;
    const movies = page.films.map((film) => film.json).join(",");
    const missing = page.missing === undefined ? "" : `,"missing":${JSON.stringify(page.missing)}`;
    const pageText = JSON.stringify({ limit: query.limit, next: next ?? null });
    const text = `{"movies":[${movies}],"page":${pageText},"version":${page.version}${missing}}`;
    return this.#answer({ status: "live", text, version: page.version, next });
  }

  /** A batch get. Ids of films that were merged lead to the surviving film. */
  async #pageOfIds(query: MovieQuery, ids: readonly string[]): Promise<PageOfIds> {
    const { films, version } = await this.#repository.films(ids);
    const targets = films.map((film) => (film?.state.status === "merged" ? film.state.into : undefined));
    const survivors = [...new Set(targets.filter((id) => id !== undefined))];
    const followed = survivors.length === 0 ? [] : (await this.#repository.films(survivors)).films;
    const found = new Map<string, StoredFilm>();
    const missing: string[] = [];
    for (const [at, id] of ids.entries()) {
      const target = targets[at];
      const film = target === undefined ? films[at] : followed[survivors.indexOf(target)];
      if (film?.state.status === "live") found.set(film.state.id, film);
      else missing.push(id);
    }
    const place = (film: StoredFilm) =>
      film.state.status === "live"
        ? positionOf(query.sort, film.state.content, film.version)
        : { key: 0, id: "" };
    const { after } = query;
    const page = [...found.values()]
      .filter((film) => film.state.status === "live" && matches(query, film.state.content))
      .filter((film) => after === undefined || comparePositions(query.sort, place(film), after) > 0)
      .sort((a, b) => comparePositions(query.sort, place(a), place(b)));
    return { films: page.slice(0, query.limit), more: page.length > query.limit, version, missing };
  }

  async film(id: string): Promise<ReadAnswer> {
    const { films, version } = await this.#repository.films([id]);
    return this.#film(films[0], version);
  }

  async filmAt(id: string, moment: Moment): Promise<ReadAnswer> {
    const change = await this.#repository.changeAt(id, moment);
    const version =
      "number" in moment ? Math.min(moment.number, await this.#repository.version()) : (change?.number ?? 0);
    if (change === undefined) return this.unknown(version);
    const { after, number, atMs } = change;
    const json =
      after.status === "live" ? renderMovie(after.content, number, new Date(atMs).toISOString()) : "";
    return this.#film({ state: after, version: number, json }, version);
  }

  unknown(version: number): ReadAnswer {
    return this.#answer({ status: "unknown", version });
  }

  async values(query: ValueQuery): Promise<ReadAnswer> {
    const answer = await readValues(this.#repository, query);
    const { version, next } = answer;
    const text = JSON.stringify(answer);
    return this.#answer({ status: "live", text, version, ...(next === null ? {} : { next }) });
  }

  async suggestions(query: SuggestQuery): Promise<ReadAnswer> {
    const answer = await readSuggestions(this.#repository, query);
    return this.#answer({ status: "live", text: JSON.stringify(answer), version: answer.version });
  }

  #film(film: StoredFilm | undefined, version: number): ReadAnswer {
    if (film === undefined) return this.unknown(version);
    const { state, json } = film;
    if (state.status === "merged") return this.#answer({ status: "merged", into: state.into, version });
    return this.#answer({ status: state.status, text: json, version });
  }

  #answer(
    answer: Pick<TextAnswer, "status" | "version"> & Partial<Pick<TextAnswer, "text" | "next" | "into">>,
  ): ReadAnswer {
    const { status, version, text = "", next, into } = answer;
    return { status, version, text, next, into, digest: this.#digest(text) };
  }
}
