/** The genres, those with most films first. Films have all that are chosen. */

import type { ValuesAnswer } from "@movie-store/core";
import { useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { useNavigation } from "../navigation.tsx";
import type { Search } from "../place.ts";

/** As many as fit above the fold of a small laptop. */
const SHOWN = 12;

export function GenreFilter({ search }: { readonly search: Search }) {
  const { go } = useNavigation();
  const { answer } = useAnswer("/v1/genres?limit=1000", async (target, signal) => {
    const { values } = (await ask<ValuesAnswer>(target, { signal })).body;
    return values.toSorted((a, b) => b.films - a.films);
  });
  const [isWhole, setWhole] = useState(false);
  if (answer === undefined || answer.length === 0) return null;

  const isChosen = (name: string) =>
    search.genres.some((genre) => genre.toLowerCase() === name.toLowerCase());
  const toggle = (name: string) => {
    const others = search.genres.filter((genre) => genre.toLowerCase() !== name.toLowerCase());
    go({ ...search, genres: isChosen(name) ? others : [...others, name] });
  };
  const shown = isWhole ? answer : answer.filter(({ value }, at) => at < SHOWN || isChosen(String(value)));
  return (
    <fieldset>
      <legend>Genre</legend>
      <div class="chips">
        {shown.map(({ value, films }) => {
          const name = String(value);
          return (
            <button
              key={name}
              type="button"
              class="chip"
              aria-pressed={isChosen(name)}
              onClick={() => toggle(name)}
            >
              {name} <small>{films}</small>
            </button>
          );
        })}
      </div>
      {answer.length > SHOWN && (
        <button type="button" class="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Fewer genres" : `All ${answer.length} genres`}
        </button>
      )}
    </fieldset>
  );
}
