/** The poster of a film, from a host that the operator allows; else a tile made from its title. */

import type { Movie } from "@movie-store/core";
import { useState } from "preact/hooks";
import { Tile } from "./tile.tsx";

/** Told by the server; empty unless POSTER_HOSTS is set. */
const HOSTS = new Set(
  document.querySelector<HTMLMetaElement>('meta[name="poster-hosts"]')?.content.split(" ").filter(Boolean),
);

type PosterProps = Pick<Movie, "title" | "year" | "poster" | "thumbnail">;

/** It says nothing that does not stand beside it, so it has no text of its own. */
export function Poster({ title, year, poster, thumbnail }: PosterProps) {
  const url = [poster?.url, thumbnail].find(isAllowed);
  const [failed, setFailed] = useState<string>();
  return (
    <span class="poster" aria-hidden="true">
      {url === undefined || url === failed ? (
        <Tile title={title} year={year} />
      ) : (
        <img
          src={url}
          alt=""
          loading="lazy"
          decoding="async"
          referrerpolicy="no-referrer"
          width="200"
          height="300"
          onError={() => setFailed(url)}
        />
      )}
    </span>
  );
}

function isAllowed(text: string | undefined): boolean {
  const url = URL.parse(text ?? "");
  return url !== null && url.protocol === "https:" && url.port === "" && HOSTS.has(url.hostname);
}
