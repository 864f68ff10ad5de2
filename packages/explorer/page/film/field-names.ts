/** The fields of a film, as people call them. */

const NAMES: Readonly<Record<string, string>> = {
  title: "Title",
  year: "Year",
  cast: "Cast",
  genres: "Genres",
  directors: "Directors",
  overview: "Overview",
  runtimeMinutes: "Runtime (minutes)",
  releaseDate: "Release date",
  countries: "Countries",
  languages: "Languages",
  href: "Article",
  extract: "Extract",
  thumbnail: "Thumbnail",
  thumbnail_width: "Thumbnail width",
  thumbnail_height: "Thumbnail height",
  poster: "Poster",
  externalIds: "Ids elsewhere",
  providers: "Providers",
  "externalIds.imdb": "IMDb",
  "externalIds.tmdb": "TMDB",
  "externalIds.wikidata": "Wikidata",
};

export function fieldName(field: string): string {
  return NAMES[field] ?? field;
}

/** Any value of a field in one line. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  if ("url" in value) return String(value.url);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${valueText(inner)}`)
    .join(", ");
}
