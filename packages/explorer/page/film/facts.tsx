/** What the film is, each fact as it won. */

import type { Movie } from "@movie-store/core";
import type { ComponentChildren } from "preact";
import { Link } from "../navigation.tsx";
import { Poster } from "../parts/poster.tsx";
import { EVERYTHING } from "../place.ts";

export function Facts({ movie }: { readonly movie: Movie }) {
  const { title, year, runtimeMinutes, genres, directors, cast, overview, extract } = movie;
  return (
    <header class="facts">
      <Poster key={title} {...movie} />
      <div>
        <h1 tabIndex={-1} dir="auto">
          {title}
        </h1>
        <p class="line">
          {year !== undefined && <Link to={{ ...EVERYTHING, year: `${year}` }}>{year}</Link>}
          {runtimeMinutes !== undefined && <span>{runtimeText(runtimeMinutes)}</span>}
          {genres?.map((genre) => (
            <Link key={genre} to={{ ...EVERYTHING, genres: [genre] }}>
              {genre}
            </Link>
          ))}
        </p>
        {(overview ?? extract) !== undefined && (
          <p class="overview" dir="auto">
            {overview ?? extract}
          </p>
        )}
        <dl class="fact-list">
          <Fact name="Directed by">{directors?.join(", ")}</Fact>
          <Fact name="Cast">
            {cast !== undefined && cast.length > 0 && (
              <ul class="people">
                {cast.map((name) => (
                  <li key={name}>
                    <Link to={{ ...EVERYTHING, cast: [name] }}>{name}</Link>
                  </li>
                ))}
              </ul>
            )}
          </Fact>
          <Fact name="Released">{movie.releaseDate !== undefined && dateText(movie.releaseDate)}</Fact>
          <Fact name="Countries">{movie.countries?.join(", ")}</Fact>
          <Fact name="Languages">{movie.languages?.join(", ")}</Fact>
          <Fact name="Elsewhere">
            {movie.externalIds !== undefined && <Elsewhere ids={movie.externalIds} />}
          </Fact>
        </dl>
      </div>
    </header>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children?: ComponentChildren }) {
  if (children === undefined || children === false || children === "") return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const PLACES = {
  imdb: { name: "IMDb", address: "https://www.imdb.com/title/" },
  tmdb: { name: "TMDB", address: "https://www.themoviedb.org/movie/" },
  wikidata: { name: "Wikidata", address: "https://www.wikidata.org/wiki/" },
} as const;

/** Links alone: nothing is loaded from there. */
function Elsewhere({ ids }: { readonly ids: NonNullable<Movie["externalIds"]> }) {
  return (
    <ul class="people">
      {(["imdb", "tmdb", "wikidata"] as const).map((scheme) => {
        const id = ids[scheme];
        if (id === undefined) return null;
        return (
          <li key={scheme}>
            <a href={PLACES[scheme].address + encodeURIComponent(id)} rel="noreferrer">
              {PLACES[scheme].name} {id}
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function runtimeText(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** The date of a calendar is the same everywhere. */
function dateText(date: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeZone: "UTC" }).format(new Date(date));
}
