import { beforeEach, describe, expect, it } from "vitest";
import { MemoryMovieRepository } from "./memory/movie-repository.ts";
import { MovieStore } from "./movie-store.ts";
import { encodeUtf8 } from "./utf8.ts";

let store: MovieStore;
let repository: MemoryMovieRepository;
let objects = 0;

beforeEach(() => {
  repository = new MemoryMovieRepository();
  store = new MovieStore({ repository });
});

async function take(film: object, id = `${++objects}`): Promise<void> {
  await store.ingest({
    bucket: "films",
    key: `providers/acme/${id}.json`,
    versionId: `${++objects}`,
    eventTimeMs: 1_704_067_200_000 + objects,
    bytes: encodeUtf8(JSON.stringify({ id, ...film })),
  });
}

async function suggested(text: string, limit?: number): Promise<readonly string[]> {
  const { suggestions } = await store.suggest(text, limit === undefined ? {} : { limit });
  return suggestions.map((each) => (each.kind === "movie" ? each.title : `${each.name} (${each.films})`));
}

describe("suggest", () => {
  it("gives films whose title begins with the text, then those that have its words, newest first", async () => {
    for (const [title, year] of [
      ["Heat of the Sun", 1999],
      ["Heat", 1995],
      ["White Heat", 1949],
      ["Body Heat", 1981],
      ["Heathers", 1988],
    ] as const)
      await take({ title, year });
    expect(await suggested("heat")).toEqual([
      "Heat",
      "Heat of the Sun",
      "Heathers",
      "Body Heat",
      "White Heat",
    ]);
    expect(await suggested("sun heat")).toEqual(["Heat of the Sun"]);
    expect(await suggested("heat o")).toEqual(["Heat of the Sun"]);
    expect((await store.suggest("heath")).suggestions).toEqual([
      { kind: "movie", id: expect.any(String), title: "Heathers", year: 1988 },
    ]);
  });

  it("gives people by any of their words, those with many films first", async () => {
    for (let at = 0; at < 4; at++) await take({ title: `Part ${at}`, cast: ["Samuel L. Jackson"] });
    await take({ title: "One", cast: ["Al Jackson", "Jack Lemmon", "Al Pacino"] });
    expect(await suggested("jac")).toEqual(["Samuel L. Jackson (4)", "Jack Lemmon (1)", "Al Jackson (1)"]);
    expect(await suggested("l jack")).toEqual(["Samuel L. Jackson (4)"]);
    expect(await suggested("Samuel  Jackson")).toEqual(["Samuel L. Jackson (4)"]);
    expect(await suggested("al pac")).toEqual(["Al Pacino (1)"]);
  });

  it("gives the same films, whether many or few have the words", async () => {
    for (let at = 0; at < 8; at++)
      await take({ title: at % 2 === 0 ? `Heat ${at}` : `The Heat ${at}`, year: 1990 + at });
    const few = await suggested("heat", 20);
    expect(few).toEqual([
      ...["Heat 0", "Heat 2", "Heat 4", "Heat 6"],
      ...["The Heat 7", "The Heat 5", "The Heat 3", "The Heat 1"],
    ]);
    for (let limit = 1; limit < 10; limit++)
      expect(await suggested("heat", limit)).toEqual(few.slice(0, limit));
  });

  it("shares the places between films and people, and gives what one leaves to the other", async () => {
    for (let at = 0; at < 8; at++) await take({ title: `Max ${at}`, cast: [`Max von ${at}`] });
    expect(await suggested("max", 5)).toEqual(["Max 0", "Max 1", "Max 2", "Max von 0 (1)", "Max von 1 (1)"]);
    expect(await suggested("max v", 5)).toHaveLength(5);
    expect(await suggested("max 7", 5)).toEqual(["Max 7"]);
    expect(await suggested("max")).toHaveLength(10);
    expect(await suggested("max", 1)).toEqual(["Max 0"]);
  });

  it("forgives an error in each of two words that nothing begins with", async () => {
    await take({ title: "Spider-Man: Homecoming", cast: ["Michael Keaton"] });
    await take({ title: "The Godfather", cast: ["Al Pacino"] });
    expect(await suggested("pachino")).toEqual(["Al Pacino (1)"]);
    expect(await suggested("the godfahter")).toEqual(["The Godfather"]);
    expect(await suggested("spider-man: hoemc")).toEqual(["Spider-Man: Homecoming"]);
    expect(await suggested("micheal keatno")).toEqual(["Michael Keaton (1)"]);
    // Not in a word of four letters, nor two errors in one.
    expect(await suggested("spdier man")).toEqual(["Spider-Man: Homecoming"]);
    expect(await suggested("micheal keet")).toEqual([]);
    expect(await suggested("pahcinno")).toEqual([]);
  });

  it("leaves words as they are that something begins with", async () => {
    await take({ title: "Heath", cast: ["Heather Locklear"] });
    await take({ title: "Heart", cast: ["Martha Heart"] });
    expect(await suggested("heath")).toEqual(["Heath", "Heather Locklear (1)"]);
    expect(await suggested("heath heart")).toEqual([]);
  });

  it("corrects to what is used most, and no longer to what nobody uses", async () => {
    await take({ title: "Martyn", cast: ["Otto Martin"] });
    const ids = ["1990", "1991", "1992"];
    for (const id of ids) await take({ title: "Martin", year: Number(id) }, id);
    expect(await suggested("martqn")).toEqual(["Martin", "Martin", "Martin", "Otto Martin (1)"]);
    for (const id of ids) await take({ deleted: true }, id);
    expect(await suggested("martqn")).toEqual(["Martyn", "Otto Martin (1)"]);
  });

  it("answers signs, empty texts and what nothing matches", async () => {
    await take({ title: "$9.99" });
    expect(await suggested("$")).toEqual(["$9.99"]);
    for (const text of ["", "  ", "?", "nothing like it", "qqqqq wwwww eeeee"])
      expect(await suggested(text)).toEqual([]);
  });

  it("refuses texts and limits out of their bounds", async () => {
    for (const text of ["x".repeat(201), "a\0", "\ud800", "\ufdfa".repeat(100)])
      await expect(store.suggest(text)).rejects.toMatchObject({ code: "invalid-query", field: "q" });
    for (const limit of [0, 21, 1.5, Number.NaN])
      await expect(store.suggest("a", { limit })).rejects.toMatchObject({ field: "limit" });
  });

  it("is answered from the cache until a film changes", async () => {
    await take({ title: "Heat" });
    expect((await store.suggestText("heat")).layer).toBe("db");
    const { layer, text, version } = await store.suggestText(" HEAT ");
    expect({ layer, ...JSON.parse(text) }).toMatchObject({
      layer: "l1",
      version,
      suggestions: [{ title: "Heat" }],
    });
    await take({ title: "Heather" });
    expect(await suggested("heat")).toEqual(["Heat", "Heather"]);
  });
});

describe("values", () => {
  it("counts films by year, genre and cast, page by page", async () => {
    await take({ title: "Heat", year: 1995, cast: ["Al Pacino", "Val Kilmer"], genres: ["Crime"] });
    await take({ title: "Serpico", year: 1973, cast: ["AL PACINO"], genres: ["Crime", "Drama"] });
    await take({ title: "Undated", id: "u", genres: ["crime"] });
    const { version } = await store.values("year");
    expect(await store.values("year")).toEqual({
      values: [
        { value: 1973, films: 1 },
        { value: 1995, films: 1 },
      ],
      next: null,
      version,
    });
    expect(await store.values("genre", { limit: 1 })).toEqual({
      values: [{ value: "Crime", films: 3 }],
      next: "crime",
      version,
    });
    expect(await store.values("genre", { limit: 1, after: "crime" })).toMatchObject({
      values: [{ value: "Drama", films: 1 }],
      next: null,
    });
    expect(await store.values("cast", { prefix: "Ál" })).toMatchObject({
      values: [{ value: "Al Pacino", films: 2 }],
    });
    expect((await store.valuesText("cast", { limit: 1 })).next).toBe("al pacino");
  });

  it("are answered from the cache until a film changes", async () => {
    await take({ title: "Heat", year: 1995 }, "heat");
    expect((await store.valuesText("year")).layer).toBe("db");
    expect((await store.valuesText("year")).layer).toBe("l1");
    await take({ deleted: true }, "heat");
    expect((await store.values("year")).values).toEqual([]);
  });

  it("refuses kinds, limits and texts out of their bounds", async () => {
    await expect(store.values("title" as "cast")).rejects.toMatchObject({ field: "kind" });
    await expect(store.values("cast", { limit: 1_001 })).rejects.toMatchObject({ field: "limit" });
    await expect(store.values("cast", { prefix: "x".repeat(301) })).rejects.toMatchObject({
      field: "prefix",
    });
    await expect(store.values("cast", { after: "\0" })).rejects.toMatchObject({
      code: "invalid-query",
      field: "after",
    });
  });
});
