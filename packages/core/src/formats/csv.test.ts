import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvReader, readCsv, readCsvRows } from "./csv.ts";

const cellsOf = (text: string) => readCsvRows(text).map((row) => row.cells);

describe("readCsvRows", () => {
  it.each<[string, string, string[][]]>([
    [
      "line ends of both kinds",
      "a,b\r\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a last line without an end",
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["commas, quotes and line ends inside quotes", '"a,b","c""d","e\r\nf"', [["a,b", 'c"d', "e\r\nf"]]],
    ["empty cells", ",,\n", [["", "", ""]]],
    ["an empty quoted cell", '"",a', [["", "a"]]],
    ["spaces as they stand", " a , b ", [[" a ", " b "]]],
    ["no rows where there are only empty lines", "\n\r\n  \n", []],
  ])("reads %s", (_, text, rows) => {
    expect(cellsOf(text)).toEqual(rows);
  });

  it("keeps the text of each row as it stood", () => {
    expect(readCsvRows('a,"b\n c"\r\nd,e').map((row) => row.raw)).toEqual(['a,"b\n c"', "d,e"]);
  });

  it("reads back any cells that are written as RFC 4180 says", () => {
    const cell = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom('"', ",", "\n", "\r", "x", "|", "é"), { maxLength: 6 }).map((c) => c.join("")),
    );
    const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const text = rows.map((cells) => cells.map(quote).join(",")).join("\r\n");
        expect(cellsOf(text)).toEqual(rows);
      }),
    );
  });
});

describe("CsvReader", () => {
  it("finds the same rows in text that comes in pieces, wherever it is cut", () => {
    const text = fc
      .array(fc.constantFrom('"', '""', ",", "\n", "\r\n", "x", " ", "é"), { maxLength: 40 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (whole, sizes) => {
        const reader = new CsvReader();
        const rows = [];
        for (let at = 0, piece = 0; at < whole.length; piece++) {
          const size = sizes[piece % sizes.length] as number;
          rows.push(...reader.push(whole.slice(at, at + size)));
          at += size;
        }
        rows.push(...reader.end());
        expect(rows).toEqual(readCsvRows(whole));
        expect(reader.pending).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it("says how much waits for the end of its row", () => {
    const reader = new CsvReader();
    expect(reader.push('a,b\nc,"d\n')).toHaveLength(1);
    expect(reader.pending).toBe(5);
    expect(reader.push('"\n')).toHaveLength(1);
    expect(reader.pending).toBe(0);
  });
});

describe("readCsv", () => {
  it("reads a film from a header row and a row of data", () => {
    const text = [
      "id,title,year,cast,genres,runtimeMinutes,externalIds.imdb,poster.url,poster.width,updatedAt,rating",
      '7,"Crouching Tiger, Hidden Dragon",2000,Chow Yun-fat| Michelle Yeoh |,Action,120,tt0190332,https://films.example/p.jpg,500,2024-05-01,7.9',
    ].join("\n");
    expect(readCsv(text)).toEqual({
      sourceId: "7",
      updatedAtMs: Date.UTC(2024, 4, 1),
      facts: {
        title: "Crouching Tiger, Hidden Dragon",
        year: 2000,
        cast: ["Chow Yun-fat", "Michelle Yeoh"],
        genres: ["Action"],
        runtimeMinutes: 120,
        externalIds: { imdb: "tt0190332" },
        poster: { url: "https://films.example/p.jpg", width: 500 },
      },
    });
  });

  it("takes empty and missing cells for no statement", () => {
    expect(readCsv("id,title,year,cast,deleted,overview\n1,Up,, ,")).toEqual({
      sourceId: "1",
      facts: { title: "Up" },
    });
  });

  it("keeps a title of digits a text", () => {
    expect(readCsv("title,year\n1917,2019")).toMatchObject({ facts: { title: "1917", year: 2019 } });
  });

  it("withdraws with deleted", () => {
    expect(readCsv("id,deleted\n1,true")).toEqual({ sourceId: "1", facts: undefined });
    expect(readCsv("id,title,deleted\n1,Up,false")).toMatchObject({ facts: { title: "Up" } });
  });

  it("has no use for columns that reach into the workings of objects", () => {
    expect(readCsv("title,year,__proto__,constructor,externalIds.__proto__\nUp,2009,a,b,c")).toEqual({
      sourceId: "|Up|2009",
      facts: { title: "Up", year: 2009 },
    });
  });

  it.each<[string, string, string, string | undefined]>([
    ["title,year\n", "bad-csv", "there is no row of data below a header row", undefined],
    [
      "title,year\nUp,2009\nHeat,1995",
      "bad-csv",
      "one object holds one film, this one has 2 rows",
      undefined,
    ],
    ["name,year\nUp,2009", "bad-csv", "the header row names neither title nor id", "title"],
    ["title,year\nUp,2009,x", "bad-csv", "the row has 3 cells, the header 2", undefined],
    ['id,title\n1,"Up', "bad-csv", "a quoted cell has no end", undefined],
    ['id,"title\n1,Up', "bad-csv", "there is no row of data below a header row", undefined],
    ["title,year\nUp,soon", "bad-field", "year is not a number", "year"],
    ["title,year\nUp,2009.5", "bad-field", "year is not a whole number", "year"],
    ["title,year\nUp,-1", "bad-field", "year is less than 1870", "year"],
    ["title,year,deleted\nUp,2009,yes", "bad-field", "deleted is neither true nor false", "deleted"],
    ["title,year,poster.width\nUp,2009,9", "bad-field", "poster.url is not a text", "poster.url"],
    [
      "title,year\nUp,",
      "bad-field",
      "year is missing: without an id a film is told by href, title and year",
      "year",
    ],
  ])("refuses %j", (text, code, reason, field) => {
    expect(readCsv(text)).toEqual({ code, reason, ...(field === undefined ? {} : { field }) });
  });
});
