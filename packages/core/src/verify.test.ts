import { beforeEach, describe, expect, it } from "vitest";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import type { StoredFilm } from "./movie.ts";
import type { MovieRepository } from "./movie-repository.ts";
import { MovieStore } from "./movie-store.ts";
import { recordIdOf } from "./update.ts";
import type { VerifyReport } from "./verify.ts";

const NOW_MS = Date.UTC(2024, 4, 1, 12);
const heat = recordIdOf("acme", "1");
const up = recordIdOf("acme", "2");
const merged = recordIdOf("bolt", "1");

let repository: MemoryMovieRepository;
let versions = 0;

beforeEach(async () => {
  repository = new MemoryMovieRepository();
  const store = new MovieStore({ repository, clock: () => NOW_MS });
  const put = (provider: string, film: object) =>
    store.ingest({
      bucket: "films",
      key: `providers/${provider}/1.json`,
      versionId: `v${versions++}`,
      eventTimeMs: NOW_MS - 1_000_000 + versions,
      bytes: new TextEncoder().encode(typeof film === "string" ? film : JSON.stringify(film)),
    });
  await put("acme", { id: "1", title: "Heat", year: 1995 });
  await put("acme", { id: "2", title: "Up", year: 2009 });
  await put("bolt", { id: "1", title: "Heat", year: 1995, cast: ["Al Pacino"] });
  await put("acme", { id: "3", title: "Alien", year: 1979 });
  await put("acme", { id: "3", deleted: true });
  await put("acme", { id: "2", title: "Up", year: 2009, genres: ["Comedy"] });
});

/** The repository with some of its methods replaced, as if its data had been tampered with. */
async function verify(tamper: (intact: MovieRepository) => Partial<MovieRepository>): Promise<VerifyReport> {
  const replaced = tamper(repository);
  const tampered = new Proxy<MovieRepository>(repository, {
    get: (target, name) => {
      const method = replaced[name as keyof MovieRepository] ?? target[name as keyof MovieRepository];
      return method.bind(target);
    },
  });
  return new MovieStore({ repository: tampered, clock: () => NOW_MS }).verify(new MemoryMovieRepository());
}

/** Every read of films sees what `change` makes of them; `undefined` hides one. */
function tamperFilms(change: (film: StoredFilm) => StoredFilm | undefined) {
  return (intact: MovieRepository): Partial<MovieRepository> => ({
    allFilms: async (page) => (await intact.allFilms(page)).map(change).filter((film) => film !== undefined),
    films: async (ids) => {
      const { films, version } = await intact.films(ids);
      return { films: films.map((film) => (film === undefined ? undefined : change(film))), version };
    },
  });
}

const only = (id: string, change: (film: StoredFilm) => StoredFilm | undefined) =>
  tamperFilms((film) => (film.state.id === id ? change(film) : film));

describe("verify", () => {
  it("finds nothing in an intact store and counts what it has looked at", async () => {
    const progress: number[] = [];
    const store = new MovieStore({ repository, clock: () => NOW_MS });
    expect(await store.verify(new MemoryMovieRepository(), (updates) => progress.push(updates))).toEqual({
      updates: 6,
      films: 4,
      changes: 6,
      differences: [],
    });
    expect(progress).toEqual([6]);
  });

  it("finds a film that is missing", async () => {
    const { differences } = await verify(only(up, () => undefined));
    expect(differences).toContainEqual({ id: up, what: "the log makes it, but it is not stored" });
  });

  it("finds a film that the log does not make", async () => {
    const extra: StoredFilm = {
      state: { id: "vvvvvvvvvvvvvvvv", status: "withdrawn", records: ["vvvvvvvvvvvvvvvv"] },
      version: 0,
      json: "",
    };
    const { differences } = await verify((intact) => ({
      allFilms: async (page) => {
        const films = await intact.allFilms(page);
        return page.after === "" ? [...films, extra] : films;
      },
    }));
    expect(differences).toEqual([{ id: extra.state.id, what: "is stored, but the log does not make it" }]);
  });

  it("finds a film whose content was changed, and names the fields", async () => {
    const { differences } = await verify(
      only(up, (film) =>
        film.state.status === "live"
          ? {
              ...film,
              state: { ...film.state, content: { ...film.state.content, year: 2010, title: "Down" } },
            }
          : film,
      ),
    );
    expect(differences).toContainEqual({ id: up, what: "differs in title, year" });
    expect(differences).toContainEqual({ id: up, what: "is not as its change 6 left it" });
  });

  it("finds a film of other records, of another status, and one that leads elsewhere", async () => {
    const records = await verify(
      only(heat, (film) =>
        film.state.status === "live" ? { ...film, state: { ...film.state, records: [heat] } } : film,
      ),
    );
    expect(records.differences).toEqual([{ id: heat, what: "has other provider records than by the log" }]);
    const status = await verify(
      only(up, (film) => ({ ...film, state: { id: up, status: "withdrawn", records: [up] }, json: "" })),
    );
    expect(status.differences).toContainEqual({ id: up, what: "is withdrawn, by the log live" });
    const target = await verify(
      only(merged, (film) => ({ ...film, state: { id: merged, status: "merged", into: up } })),
    );
    expect(target.differences).toEqual([{ id: merged, what: `leads to ${up}, by the log to ${heat}` }]);
  });

  it.each<[string, (film: StoredFilm) => StoredFilm]>([
    ["other content", (film) => ({ ...film, json: film.json.replace("Comedy", "Tragedy") })],
    ["another version", (film) => ({ ...film, json: film.json.replace('"version":6', '"version":5') })],
    ["another time", (film) => ({ ...film, json: film.json.replace("2024", "2023") })],
    ["nothing", (film) => ({ ...film, json: "" })],
  ])("finds finished JSON that says %s", async (_, change) => {
    const { differences } = await verify(only(up, change));
    expect(differences).toEqual([{ id: up, what: "the finished JSON is not that of the film" }]);
  });

  it("finds a film that does not know its last change", async () => {
    const { differences } = await verify(only(up, (film) => ({ ...film, version: 2 })));
    expect(differences).toContainEqual({ id: up, what: "does not know its change 6" });
  });

  it.each([1, 2, 5])("finds a gap where change %i was", async (lost) => {
    const { differences } = await verify((intact) => ({
      changes: async (page) => (await intact.changes(page)).filter(({ number }) => number !== lost),
    }));
    expect(differences).toContainEqual({
      id: String(lost),
      what: `the change after ${lost - 1} is numbered ${lost + 1}`,
    });
  });

  it("finds that the last change is lost", async () => {
    const { differences } = await verify((intact) => ({
      changes: async (page) => (await intact.changes(page)).filter(({ number }) => number !== 6),
      changeAt: async (id) => intact.changeAt(id, { number: 5 }),
    }));
    expect(differences).toEqual([{ id: up, what: "its change 6 is not among the changes" }]);
  });

  it("finds changes that are dated backwards", async () => {
    const { differences } = await verify((intact) => ({
      changes: async (page) =>
        (await intact.changes(page)).map((change) =>
          change.number === 3 ? { ...change, atMs: change.atMs - 1 } : change,
        ),
    }));
    expect(differences).toContainEqual({ id: "3", what: "is dated before the change before it" });
  });

  it("finds updates whose bytes in the log are others, or can't be read any more", async () => {
    const bytes = new TextEncoder().encode("{");
    const unreadable = await verify((intact) => ({
      log: async (page) =>
        (await intact.log(page)).map((line) =>
          line.sequence === 6 ? { ...line, object: { ...line.object, bytes } } : line,
        ),
    }));
    expect(unreadable.differences[0]?.what).toMatch(/^can't be read any more: not JSON/);
    expect(unreadable.differences).toContainEqual({ id: up, what: "differs in genres" });
    const moved = await verify((intact) => ({
      log: async (page) =>
        (await intact.log(page)).map((line) =>
          line.sequence === 6 ? { ...line, object: { ...line.object, versionId: "other" } } : line,
        ),
    }));
    expect(moved.differences[0]?.what).toBe("the bytes of the log are not those received");
  });
});
