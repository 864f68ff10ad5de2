/** The films of a search, and what narrows it. */

import type { SuggestAnswer } from "@movie-store/core";
import { useEffect, useMemo } from "preact/hooks";
import { ask } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Link, useNavigation } from "../navigation.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { EVERYTHING, type Search, type Sort } from "../place.ts";
import { Chosen } from "./chosen.tsx";
import { FilmGrid } from "./film-grid.tsx";
import { Filters } from "./filters.tsx";
import { suggestTarget } from "./search-box.tsx";
import { useResults } from "./use-results.ts";

const SORT_NAMES: Readonly<Record<Sort, string>> = {
  "-year": "Newest first",
  year: "Oldest first",
  title: "Title, A to Z",
  "-title": "Title, Z to A",
  "-updated": "Last changed first",
};

export function SearchView({ search }: { readonly search: Search }) {
  const { go } = useNavigation();
  const { movies, error, isWaiting, hasMore, again, more } = useResults(search);
  const grid = useMemo(
    () => movies !== undefined && movies.length > 0 && <FilmGrid movies={movies} />,
    [movies],
  );
  useEffect(() => {
    document.title = search.text === "" ? "Movie Store" : `${search.text} · Movie Store`;
  }, [search.text]);

  return (
    <div class="search">
      <Filters search={search} />
      <section class="results" aria-labelledby="results-title" aria-busy={isWaiting}>
        <div class="results-head">
          <h1 id="results-title" tabIndex={-1}>
            Films
          </h1>
          <p role="status">
            {error === undefined && movies !== undefined && !isWaiting && countText(movies.length, hasMore)}
          </p>
          <label class="sort">
            Sort
            <select
              value={search.sort}
              onChange={({ currentTarget }) => go({ ...search, sort: currentTarget.value as Sort })}
            >
              {Object.entries(SORT_NAMES).map(([sort, name]) => (
                <option key={sort} value={sort}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Chosen search={search} />
        {grid}
        {movies?.length === 0 && error === undefined && !isWaiting && <Nothing search={search} />}
        {error !== undefined && <Trouble error={error} again={again} />}
        {hasMore && error === undefined && (
          <button type="button" class="more" onClick={more}>
            Show more films
          </button>
        )}
      </section>
    </div>
  );
}

function countText(count: number, hasMore: boolean): string {
  if (count === 0) return "No film";
  if (hasMore) return `The first ${count} films`;
  return count === 1 ? "1 film" : `${count} films`;
}

/** What to try where nothing was found. */
function Nothing({ search }: { readonly search: Search }) {
  const text = search.text.trim();
  const isNarrowed = search.year !== "" || search.genres.length > 0 || search.cast.length > 0;
  const { answer } = useAnswer(text === "" ? undefined : suggestTarget(text), async (target, signal) => {
    return (await ask<SuggestAnswer>(target, { signal, mayBeKept: true })).body.suggestions;
  });
  return (
    <div class="notice">
      <h2>{text === "" ? "No film is like this" : `No title has “${text}”`}</h2>
      {answer !== undefined && answer.length > 0 && (
        <>
          <p>Perhaps you mean:</p>
          <ul class="chips">
            {answer.slice(0, 6).map((suggestion) =>
              suggestion.kind === "movie" ? (
                <li key={suggestion.id}>
                  <Link class="chip" to={{ view: "film", id: suggestion.id }}>
                    {suggestion.title} {suggestion.year !== undefined && <small>{suggestion.year}</small>}
                  </Link>
                </li>
              ) : (
                <li key={suggestion.name}>
                  <Link class="chip" to={{ ...EVERYTHING, cast: [suggestion.name] }}>
                    {suggestion.name}
                  </Link>
                </li>
              ),
            )}
          </ul>
        </>
      )}
      {isNarrowed && text !== "" && (
        <p>
          <Link to={{ ...EVERYTHING, text: search.text }}>Look in all years, genres and casts</Link>
        </p>
      )}
      <p>
        <Link to={EVERYTHING}>Show all films</Link>
      </p>
    </div>
  );
}
