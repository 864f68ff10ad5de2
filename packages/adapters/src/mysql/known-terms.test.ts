import { describe, expect, it } from "vitest";
import type { Connection } from "./connection.ts";
import { KnownTerms } from "./known-terms.ts";

/** A table of terms behind a connection that counts what is asked of it. */
class Terms {
  version = 1;
  films: Record<string, number> = {};
  lookUps = 0;
  readonly connection = { rows: async (sql: string) => this.#rows(sql) } as unknown as Connection;

  #rows(sql: string) {
    this.lookUps++;
    const asked = Object.entries(this.films).filter(([term]) =>
      sql.includes(Buffer.from(term).toString("hex")),
    );
    const none = { newest: null, oldest: null };
    return [
      { part: null, term: null, id: null, films: this.version, ...none },
      ...asked.map(([term, films], id) => ({ part: -1, term: Buffer.from(term), id, films, ...none })),
    ];
  }
}

const wanted = (...names: string[]) => ({ names, starts: [] });

describe("known terms", () => {
  it("are looked up once; a term without films every time", async () => {
    const terms = new Terms();
    const known = new KnownTerms();
    terms.films = { "g:drama": 5 };
    expect((await known.find(terms.connection, wanted("g:drama"))).version).toBeUndefined();
    expect((await known.find(terms.connection, wanted("g:drama"))).named.get("g:drama")?.films).toBe(5);
    expect(terms.lookUps).toBe(1);
    expect((await known.find(terms.connection, wanted("g:drama", "g:new"))).version).toBe(1);
    terms.films = { "g:drama": 5, "g:new": 1 };
    expect((await known.find(terms.connection, wanted("g:drama", "g:new"))).named.size).toBe(2);
    expect(terms.lookUps).toBe(3);
  });

  it("are counted again after so many changes that another way could be the shortest", async () => {
    const terms = new Terms();
    const known = new KnownTerms();
    terms.films = { "g:rare": 5, "g:drama": 100_000 };
    await known.find(terms.connection, wanted("g:rare", "g:drama"));
    terms.films = { "g:rare": 9_000, "g:drama": 109_000 };
    terms.version = 18_000;
    known.saw(18_000);
    const { named } = await known.find(terms.connection, wanted("g:rare", "g:drama"));
    expect(named.get("g:rare")?.films).toBe(9_000);
    expect(named.get("g:drama")?.films).toBe(100_000);
  });
});
