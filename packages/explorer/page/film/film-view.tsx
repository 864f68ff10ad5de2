/** A film: what it is, who said so, and how it came to be so. */

import type { Movie } from "@movie-store/core";
import { useEffect, useState } from "preact/hooks";
import { useAnswer } from "../api/use-answer.ts";
import { useFeed } from "../changes/use-feed.ts";
import { Link, useNavigation } from "../navigation.tsx";
import { Moment } from "../parts/time.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { EVERYTHING, type FilmPlace } from "../place.ts";
import { Facts } from "./facts.tsx";
import { History } from "./history.tsx";
import { type Film, loadFilm } from "./load-film.ts";
import { Sources } from "./sources.tsx";

export function FilmView({ place }: { readonly place: FilmPlace }) {
  const { go } = useNavigation();
  const { id, at } = place;
  const { answer, error, again } = useAnswer(`${id} ${at ?? ""}`, (_, signal) => loadFilm(place, signal));
  const [merged, setMerged] = useState<{ readonly from: string; readonly to: string }>();
  // Until this film is there, the answer is that of the film before.
  const film = answer !== undefined && [answer.id, answer.history.id].includes(id) ? answer : undefined;

  const trueId = film?.id;
  useEffect(() => {
    if (trueId === undefined || trueId === id) return;
    setMerged({ from: id, to: trueId });
    go({ view: "film", id: trueId, ...(at === undefined ? {} : { at }) }, "replace");
  }, [trueId, id, at, go]);

  useFeed({
    after: film?.sources.version,
    onChanges: (changes) => {
      if (changes.some(({ movieId }) => movieId === id)) again();
    },
  });

  const title = film?.movie?.title;
  useEffect(() => {
    document.title = title === undefined ? "Movie Store" : `${title} · Movie Store`;
  }, [title]);

  if (error !== undefined) {
    return (
      <div class="page">
        <h1 tabIndex={-1}>Film</h1>
        {error.status === 404 ? <Unknown /> : <Trouble error={error} again={again} />}
      </div>
    );
  }
  if (film === undefined) return <p class="page waiting">Looking the film up …</p>;
  const { movie } = film;
  return (
    <article class="page film">
      {merged?.to === id && (
        <p class="notice" role="status">
          Two films turned out to be one: {merged.from}, which you asked for, is this film now.
        </p>
      )}
      {at !== undefined && <Then film={film} at={at} />}
      {movie === undefined ? <Gone film={film} at={at} /> : <Facts movie={movie} />}
      {movie !== undefined && at === undefined && <Sources sources={film.sources} />}
      <History key={`${film.id} ${film.history.version}`} film={film} at={at} />
      {movie !== undefined && <Footnote movie={movie} />}
    </article>
  );
}

/** Says that this is the past, and leads back. */
function Then({ film: { id }, at }: { readonly film: Film; readonly at: number }) {
  return (
    <p class="notice then">
      <span>
        This is the film as it was after change <strong>{at}</strong>.
      </span>{" "}
      <Link to={{ view: "film", id }}>Show it as it is now</Link>
    </p>
  );
}

function Gone({
  film: { isWithdrawn, sources },
  at,
}: {
  readonly film: Film;
  readonly at: number | undefined;
}) {
  const last = sources.sources.findLast(({ facts }) => facts !== undefined)?.facts?.title;
  const why = isWithdrawn ? "Withdrawn" : "Not there yet";
  return (
    <header class="gone">
      <h1 tabIndex={-1}>{last ?? why}</h1>
      <p>
        {isWithdrawn
          ? "Every provider that described this film has withdrawn it."
          : `No provider had described this film at change ${at}.`}
      </p>
    </header>
  );
}

function Unknown() {
  return (
    <div class="notice" role="alert">
      <h2>No film has this id</h2>
      <p>
        It was never given out. <Link to={EVERYTHING}>Show all films</Link>
      </p>
    </div>
  );
}

function Footnote({ movie: { id, version, updatedAt } }: { readonly movie: Movie }) {
  return (
    <p class="footnote">
      Film <code>{id}</code>, last changed by change {version} on <Moment at={updatedAt} precise />.{" "}
      <a href={`/v1/movies/${id}`}>As JSON</a>
    </p>
  );
}
