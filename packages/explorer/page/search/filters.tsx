/** Year, genre and cast. On a phone they are folded away until they are wanted. */

import { useState } from "preact/hooks";
import type { Search } from "../place.ts";
import { CastFilter } from "./cast-filter.tsx";
import { GenreFilter } from "./genre-filter.tsx";
import { YearFilter } from "./year-filter.tsx";

/** As in the style sheet. */
const WIDE = "(min-width: 60rem)";

export function Filters({ search }: { readonly search: Search }) {
  const [isOpen] = useState(() => matchMedia(WIDE).matches);
  return (
    <details class="filters" open={isOpen}>
      <summary>Year, genre, cast</summary>
      <YearFilter search={search} />
      <GenreFilter search={search} />
      <CastFilter search={search} />
    </details>
  );
}
