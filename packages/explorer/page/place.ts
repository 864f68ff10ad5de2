/** What the page shows, and how its address says so: every place can be linked, reloaded and gone back to. */

const SORTS = ["-year", "year", "title", "-title", "-updated"] as const;
export type Sort = (typeof SORTS)[number];

export interface Search {
  readonly view: "search";
  /** As typed. */
  readonly text: string;
  /** `1999`, `1990..1999`, `1990..` or `..1950`; empty for any. */
  readonly year: string;
  readonly genres: readonly string[];
  readonly cast: readonly string[];
  readonly sort: Sort;
}

export interface FilmPlace {
  readonly view: "film";
  readonly id: string;
  /** The change after which the film is shown; absent: as it is now. */
  readonly at?: number;
}

export type Place = Search | FilmPlace | { readonly view: "changes" } | { readonly view: "ingest" };

export const EVERYTHING: Search = { view: "search", text: "", year: "", genres: [], cast: [], sort: "-year" };

/** @param query behind the question mark. What is not understood is left out. */
export function placeOf(query: string): Place {
  const parameters = new URLSearchParams(query);
  const view = parameters.get("view");
  if (view === "changes" || view === "ingest") return { view };
  const id = parameters.get("film");
  if (id !== null) {
    const at = parameters.get("at") ?? "";
    return { view: "film", id, ...(/^\d{1,15}$/.test(at) ? { at: Number(at) } : {}) };
  }
  const year = parameters.get("year") ?? "";
  const sort = SORTS.find((one) => one === parameters.get("sort"));
  return {
    view: "search",
    text: parameters.get("q") ?? "",
    year: /^(\d{4}|\d{4}\.\.|\.\.\d{4}|\d{4}\.\.\d{4})$/.test(year) ? year : "",
    genres: parameters.getAll("genre"),
    cast: parameters.getAll("cast"),
    sort: sort ?? EVERYTHING.sort,
  };
}

/** The address of a place, from the question mark on. */
export function addressOf(place: Place): string {
  const parameters = new URLSearchParams();
  switch (place.view) {
    case "search":
      if (place.text !== "") parameters.set("q", place.text);
      addFilters(parameters, place);
      break;
    case "film":
      parameters.set("film", place.id);
      if (place.at !== undefined) parameters.set("at", `${place.at}`);
      break;
    default:
      parameters.set("view", place.view);
  }
  const query = parameters.toString();
  return query === "" ? "/" : `/?${query}`;
}

/** What the API is asked for a page of films. */
export function searchTarget(search: Search, limit: number, cursor?: string): string {
  const parameters = new URLSearchParams();
  const title = search.text.trim();
  if (title !== "") {
    parameters.set("title", title);
    parameters.set("match", "prefix");
  }
  addFilters(parameters, search);
  parameters.set("limit", `${limit}`);
  if (cursor !== undefined) parameters.set("cursor", cursor);
  return `/v1/movies?${parameters}`;
}

function addFilters(parameters: URLSearchParams, { year, genres, cast, sort }: Search): void {
  if (year !== "") parameters.set("year", year);
  for (const genre of genres) parameters.append("genre", genre);
  for (const name of cast) parameters.append("cast", name);
  if (sort !== EVERYTHING.sort) parameters.set("sort", sort);
}

/** Both ends of a range; an open end is `undefined`. */
export function yearsOf(year: string): readonly [from: number | undefined, to: number | undefined] {
  const [from = "", to = from] = year.split("..");
  return [from === "" ? undefined : Number(from), to === "" ? undefined : Number(to)];
}

/** @returns an empty text when both ends are open; ends in the wrong order change places. */
export function yearText(from: number | undefined, to: number | undefined): string {
  if (from === undefined && to === undefined) return "";
  if (from === to) return `${from}`;
  if (from !== undefined && to !== undefined && from > to) return `${to}..${from}`;
  return `${from ?? ""}..${to ?? ""}`;
}
