/** Films as a grid of posters. Arrow keys go from one to the next, as the eye does. */

import type { Movie } from "@movie-store/core";
import { Link } from "../navigation.tsx";
import { Poster } from "../parts/poster.tsx";

export function FilmGrid({ movies }: { readonly movies: readonly Movie[] }) {
  return (
    <ul class="grid" onKeyDown={moveFocus}>
      {movies.map((movie) => (
        <li key={movie.id}>
          <Card movie={movie} />
        </li>
      ))}
    </ul>
  );
}

function Card({ movie }: { readonly movie: Movie }) {
  const { id, title, year, genres } = movie;
  const genre = genres?.[0];
  return (
    <Link class="card" to={{ view: "film", id }}>
      <Poster {...movie} />
      <span class="title" dir="auto">
        {title}
      </span>
      <span class="aside">{[year, genre].filter((part) => part !== undefined).join(" · ")}</span>
    </Link>
  );
}

function moveFocus(event: KeyboardEvent): void {
  const list = event.currentTarget as HTMLElement;
  const links = [...list.querySelectorAll<HTMLElement>("a")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  if (at === -1 || event.altKey || event.ctrlKey || event.metaKey) return;
  const to = links[at + stepOf(event.key, columnsOf(links))];
  if (to === undefined || to === links[at]) return;
  event.preventDefault();
  to.focus();
}

function stepOf(key: string, columns: number): number {
  switch (key) {
    case "ArrowRight":
      return 1;
    case "ArrowLeft":
      return -1;
    case "ArrowDown":
      return columns;
    case "ArrowUp":
      return -columns;
    default:
      return 0;
  }
}

function columnsOf(links: readonly HTMLElement[]): number {
  const top = links[0]?.getBoundingClientRect().top;
  const second = links.findIndex((link) => link.getBoundingClientRect().top !== top);
  return second === -1 ? links.length : second;
}
