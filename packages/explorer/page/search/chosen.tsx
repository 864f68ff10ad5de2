/** What the search is narrowed to, each with a way to drop it. */

import { useNavigation } from "../navigation.tsx";
import { EVERYTHING, type Search, yearsOf } from "../place.ts";

export function Chosen({ search }: { readonly search: Search }) {
  const { go } = useNavigation();
  const drops = [
    ...(search.year === "" ? [] : [{ name: yearName(search.year), without: { ...search, year: "" } }]),
    ...search.genres.map((genre) => ({
      name: genre,
      without: { ...search, genres: search.genres.filter((other) => other !== genre) },
    })),
    ...search.cast.map((person) => ({
      name: person,
      without: { ...search, cast: search.cast.filter((other) => other !== person) },
    })),
  ];
  if (drops.length === 0) return null;
  return (
    <ul class="chips chosen" aria-label="Chosen filters">
      {drops.map(({ name, without }) => (
        <li key={name}>
          <button type="button" class="chip" aria-label={`Remove ${name}`} onClick={() => go(without)}>
            {name} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      {drops.length > 1 && (
        <li>
          <button
            type="button"
            class="link"
            onClick={() => go({ ...EVERYTHING, text: search.text, sort: search.sort })}
          >
            Remove all
          </button>
        </li>
      )}
    </ul>
  );
}

function yearName(year: string): string {
  const [from, to] = yearsOf(year);
  if (from === to) return year;
  if (from === undefined) return `up to ${to}`;
  return to === undefined ? `from ${from}` : `${from}–${to}`;
}
