/** The titles of films that are known by their ids alone. */

import type { FeedEntry, FindAnswer, Movie } from "@movie-store/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/client.ts";

/** As many as fit in a request line that every proxy takes, and in one page of films. */
const AT_ONCE = 50;

export type Titled = Pick<Movie, "title" | "year">;

type Entry = Pick<FeedEntry, "movieId" | "number" | "kind" | "into">;

/**
 * The films that the entries name: as they are now, and what is withdrawn or merged as it was before. Each is asked for
 * again when it has changed.
 */
export function useTitles(entries: readonly Entry[]): ReadonlyMap<string, Titled> {
  const [titles, setTitles] = useState<ReadonlyMap<string, Titled>>(new Map());
  const known = useRef(new Map<string, Entry>());

  useEffect(() => {
    const wanted = new Map<string, Entry>();
    const want = (id: string, entry: Entry) => {
      if ((known.current.get(id)?.number ?? 0) < entry.number) wanted.set(id, entry);
    };
    for (const entry of entries) {
      want(entry.movieId, entry);
      if (entry.into !== undefined) want(entry.into, entry);
    }
    for (const [id, entry] of wanted) known.current.set(id, entry);
    const all = [...wanted];
    for (let at = 0; at < all.length; at += AT_ONCE) {
      look(all.slice(at, at + AT_ONCE), (films) =>
        setTitles((before) => new Map([...before, ...films])),
      ).catch(() => {
        // Without a title the id is shown, until the film changes again.
      });
    }
  }, [entries]);
  return titles;
}

async function look(
  wanted: readonly (readonly [id: string, entry: Entry])[],
  tell: (films: readonly (readonly [id: string, film: Titled])[]) => void,
): Promise<void> {
  const parameters = new URLSearchParams(wanted.map(([id]) => ["id", id]));
  parameters.set("limit", `${AT_ONCE}`);
  const { movies } = (await ask<FindAnswer>(`/v1/movies?${parameters}`)).body;
  tell(movies.map((movie) => [movie.id, movie] as const));
  for (const [id, { kind, number }] of wanted) {
    if (movies.some((movie) => movie.id === id)) continue;
    const at = kind === "withdrawn" || kind === "merged" ? number - 1 : number;
    const before = await ask<Movie>(`/v1/movies/${encodeURIComponent(id)}?at=${at}`).catch(() => undefined);
    if (before !== undefined) tell([[id, before.body]]);
  }
}
