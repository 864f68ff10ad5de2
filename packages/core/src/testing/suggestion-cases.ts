/** Contract cases: values, people and near words. What they must be is told by counting in all films. */

import { VALUE_KINDS, type ValueKind } from "../kept-values.ts";
import { peopleOf, valuesOf, wordsNearOf } from "../memory/suggestions.ts";
import type { MovieRepository } from "../movie-repository.ts";
import { allWordsOf, beginningOfKeys, keysOfName } from "../name-keys.ts";
import { normaliseName } from "../normalise.ts";
import { MAX_WORDS_TRIED, MIN_CORRECTED } from "../spelling.ts";
import type { Submission } from "../update.ts";
import { expectEqual, expectSequence, expectThat } from "./assertions.ts";
import { type ContractCase, forSeeds } from "./contract.ts";
import { filmCorpus } from "./film-corpus.ts";
import { allStored, plainDecide, readAgain, submissionOf, timeOf, update } from "./films.ts";
import { generatedUpdates } from "./generated-updates.ts";
import type { Random } from "./random.ts";
import type { DefineCase } from "./repository-case.ts";

export function suggestionCases(define: DefineCase): readonly ContractCase[] {
  return [
    ...VALUE_KINDS.map((kind) =>
      define(`values: the pages of kind ${kind} give each value once, with its films`, async (repository) => {
        await repository.append(filmCorpus(91), plainDecide);
        for (const prefix of ["", "1", "19", "c", "film n", "max", "a_", "三", "nothing"]) {
          for (const limit of [1, 3, 1_000]) await expectValues(repository, kind, prefix, limit);
        }
      }),
    ),

    define("values: a page can begin anywhere, also where no value is", async (repository) => {
      await repository.append(filmCorpus(92), plainDecide);
      const films = await allStored(repository);
      for (const kind of VALUE_KINDS) {
        for (const after of [
          "0",
          "1996",
          "1996.5",
          "drama",
          "drama ",
          "m",
          "max",
          "theda bar",
          "\u{10fffe}",
        ]) {
          const query = { kind, prefix: "", after, limit: 4 };
          const { version: _, ...page } = await repository.values(query);
          expectEqual(page, valuesOf(films, query), `values(${JSON.stringify(query)})`);
        }
      }
    }),

    define("values: a name is written as the newest film writes it", async (repository) => {
      const film = (id: string, year: number, name: string) =>
        update({ title: `Film ${id}`, year, cast: ["Nobody", name], genres: [name] }, { id });
      const nameNow = async (kind: ValueKind) =>
        (await repository.values({ kind, prefix: "renee", after: "", limit: 5 })).values.map(
          ({ key, name, films }) => `${key}, ${name}, ${films}`,
        );
      await repository.append([film("1", 1990, "RENÉE"), film("2", 1980, "Renee")], plainDecide);
      expectEqual(await nameNow("cast"), ["renee, RENÉE, 2"], "the person of two films");
      await repository.append([film("3", 2001, "renée")], plainDecide);
      for (const kind of ["cast", "genre"] as const)
        expectEqual(await nameNow(kind), ["renee, renée, 3"], `the ${kind} of three films`);
      await repository.append([update({}, { id: "3", at: 9, deleted: true })], plainDecide);
      expectEqual(await nameNow("cast"), ["renee, RENÉE, 2"], "the person when the newest film is withdrawn");
    }),

    define("people: by any word of their name, those with many films first", (repository) =>
      forSeeds([93], async (random) => {
        await repository.append(castFilms(random, 120), plainDecide);
        const films = await allStored(repository);
        const texts = [...PARTS.flatMap(beginnings), ...someNames(random, 40).flatMap(beginnings)];
        for (const limit of [1, 4, 20]) {
          for (const text of random.some(texts, 60)) await expectPeople(repository, films, [text], limit);
          for (let round = 0; round < 20; round++)
            await expectPeople(repository, films, random.some(texts, 3), limit);
        }
      }),
    ),

    define("people: everybody once, however many of their words begin alike", async (repository) => {
      const cast = Array.from({ length: 40 }, (_, at) => `Mi${at} Mi${at} Mi${at} Ma Mb Mc Md Me Mf`);
      await repository.append([update({ title: "Many", cast: [...cast, "Mzz"] })], plainDecide);
      const films = await allStored(repository);
      for (const limit of [1, 3, 7, 20]) {
        for (const text of ["m", "mi"]) await expectPeople(repository, films, [text], limit);
      }
    }),

    define("wordsNear: words one typing error away, unless the typed one begins a word", (repository) =>
      forSeeds([94], async (random) => {
        await repository.append(castFilms(random, 60), plainDecide);
        const films = await allStored(repository);
        const words = [...PARTS, ...TITLE_WORDS].flatMap((name) => allWordsOf(normaliseName(name)));
        for (let round = 0; round < 150; round++)
          await expectNear(repository, films, misspelt(random, random.pick(words)));
      }),
    ),

    define("wordsNear: a word is gone with the last film or person that had it", async (repository) => {
      const typed = ["godfahter", "pachino", "keatno", "godfath", "pacin"];
      const expectNow = async () => {
        const films = await allStored(repository);
        for (const word of typed) await expectNear(repository, films, word);
      };
      const film = (id: string, at: number, cast: readonly string[]) =>
        update({ title: `Godfather ${id}`, cast: [...cast] }, { id, at });
      await repository.append([film("1", 1, ["Al Pacino"]), film("2", 2, ["Al Pacino"])], plainDecide);
      await expectNow();
      await repository.append([update({}, { id: "1", at: 3, deleted: true })], plainDecide);
      await expectNow();
      await repository.append([film("2", 4, ["Michael Keaton"])], plainDecide);
      await expectNow();
      await repository.append([update({}, { id: "2", at: 5, deleted: true })], plainDecide);
      await expectNow();
      expectEqual((await repository.wordsNear("godfahter")).near, [], "words near godfahter in the end");
      await repository.append([film("2", 6, ["Al Pacino"])], plainDecide);
      await expectNow();
    }),

    define("wordsNear: the first words by bytes, where very many are near", async (repository) => {
      const names = Array.from({ length: MAX_WORDS_TRIED + 100 }, (_, at) => `Marti${letters(at)}`);
      const half = names.length / 2;
      const casts = [names.slice(0, half), names.slice(half), ["Martoz"]];
      await repository.append(
        casts.map((cast, at) => update({ title: `Part ${at}`, cast }, { id: `${at}` })),
        plainDecide,
      );
      const films = await allStored(repository);
      for (const word of ["martx", "martia", "narti", "martoy"]) await expectNear(repository, films, word);
    }),

    define("values, people and words follow updates, merges and withdrawals", (repository) =>
      forSeeds([95], async (random) => {
        const updates = generatedUpdates(95, { updates: 150 }).map((object) => submissionOf(object));
        const all = random.shuffled([...updates, ...castFilms(random, 60), ...changesOf(random, 60)]);
        for (const batch of random.pieces(all, 40)) {
          await repository.append(batch, plainDecide);
          await expectAll(repository, random);
        }
      }),
    ),

    define("values, people and words are the same after a rebuild", (repository) =>
      forSeeds([96], async (random) => {
        await repository.append([...castFilms(random, 60), ...filmCorpus(96)], plainDecide);
        await repository.append(changesOf(random, 60), plainDecide);
        await repository.rebuild(readAgain, plainDecide, { nowMs: timeOf(9_000) });
        await expectAll(repository, random);
        // What is kept goes on from there.
        await repository.append(castFilms(random, 30, "later"), plainDecide);
        await expectAll(repository, random);
      }),
    ),
  ];
}

// ---- films ----

const PARTS = [
  "Al",
  "Marta",
  "Martin",
  "Martinez",
  "Samuel L.",
  "Jackson",
  "Jacksons",
  "Zsa Zsa",
  "Zsa",
  "O'Neal",
  "von Sydow",
  "Renée",
  "三船",
  "敏郎",
  "Schwarzenegger",
  "Jean-Luc",
  "100%",
  "𠮷野家",
  "…",
];
const TITLE_WORDS = [
  "The",
  "Martian",
  "Heat",
  "Heath",
  "Heater",
  "Father",
  "Godfather",
  "Ärger",
  "東京物語怪談",
];

/** The first few people are in nearly every film, most of the others in one. */
function castFilms(random: Random, count: number, provider = "acme"): readonly Submission[] {
  const names = someNames(random, 200);
  return Array.from({ length: count }, (_, number) => {
    const stars = names.slice(0, 1 + random.integer(6));
    const cast = [...new Set([...stars, random.pick(names), random.pick(names), random.pick(names)])];
    const title = random.some(TITLE_WORDS, 3).join(random.pick([" ", ": ", "-"]));
    return update(
      { title, year: 1950 + random.integer(40), cast },
      { id: `${number}`, provider, at: number },
    );
  });
}

/** Corrections of some films that `castFilms` has made, and withdrawals. */
function changesOf(random: Random, count: number): readonly Submission[] {
  return random
    .some(
      Array.from({ length: count }, (_, number) => number),
      count / 2,
    )
    .map((number) => {
      const options = { id: `${number}`, at: 1_000 + number };
      if (random.chance(40)) return update({}, { ...options, deleted: true });
      return update({ title: random.pick(TITLE_WORDS), cast: [...someNames(random, 3)] }, options);
    });
}

function someNames(random: Random, count: number): readonly string[] {
  return Array.from({ length: count }, () => random.some(PARTS, 1 + random.integer(4)).join(" "));
}

function beginnings(name: string): readonly string[] {
  const keys = keysOfName(normaliseName(name));
  const texts = keys.flatMap((key) => [1, 3, 5, 9, 30].map((length) => [...key].slice(0, length).join("")));
  return [...new Set(texts.map(beginningOfKeys))].filter((text) => text !== "");
}

function misspelt(random: Random, word: string): string {
  const typed = [...word].slice(0, random.chance(50) ? word.length : MIN_CORRECTED + random.integer(4));
  const at = random.integer(typed.length);
  const letter = random.pick(["a", "e", "s", "x", "京"]);
  if (random.chance(25)) typed.splice(at, 1);
  else if (random.chance(33)) typed.splice(at, 0, letter);
  else if (random.chance(50)) typed.splice(at, 1, letter);
  else typed.splice(at, 2, ...typed.slice(at, at + 2).reverse());
  while (typed.length < MIN_CORRECTED) typed.push(letter);
  return typed.join("");
}

/** A different text of three letters for each number. */
function letters(number: number): string {
  const letter = (place: number) => String.fromCharCode(97 + (Math.floor(number / 16 ** place) % 16));
  return letter(2) + letter(1) + letter(0);
}

// ---- expectations ----

type Films = Awaited<ReturnType<typeof allStored>>;

async function expectAll(repository: MovieRepository, random: Random): Promise<void> {
  const films = await allStored(repository);
  for (const kind of VALUE_KINDS) await expectValues(repository, kind, "", 7);
  const texts = [...PARTS, ...someNames(random, 5)].flatMap(beginnings);
  for (const text of random.some(texts, 30)) await expectPeople(repository, films, [text], 5);
  const words = [...PARTS, ...TITLE_WORDS].flatMap((name) => allWordsOf(normaliseName(name)));
  for (let round = 0; round < 30; round++)
    await expectNear(repository, films, misspelt(random, random.pick(words)));
}

/** All pages. */
async function expectValues(
  repository: MovieRepository,
  kind: ValueKind,
  prefix: string,
  limit: number,
): Promise<void> {
  const what = `values of ${kind} with prefix ${JSON.stringify(prefix)} in pages of ${limit}`;
  const { values: expected } = valuesOf(await allStored(repository), { kind, prefix, after: "", limit: 1e6 });
  const found = [];
  for (let after = ""; ; ) {
    const { values, more, version } = await repository.values({ kind, prefix, after, limit });
    expectThat(values.length <= limit, `${what}: a page of ${values.length}`);
    expectEqual(version, await repository.version(), `${what}: the version`);
    found.push(...values);
    expectThat(found.length <= expected.length, `${what}: more than there are`);
    expectEqual(more, found.length < expected.length, `${what}: more, behind ${found.length} values`);
    const last = values.at(-1);
    if (!more || last === undefined) break;
    after = last.key;
  }
  expectSequence(
    found.map(({ key }) => key),
    expected.map(({ key }) => key),
    what,
  );
  expectEqual(found, expected, what);
}

async function expectPeople(
  repository: MovieRepository,
  films: Films,
  texts: readonly string[],
  limit: number,
): Promise<void> {
  const { people, version } = await repository.people({ beginnings: texts, limit });
  const what = `people(${JSON.stringify({ beginnings: texts, limit })})`;
  const expected = peopleOf(films, { beginnings: texts, limit });
  expectSequence(
    people.map(({ key }) => key),
    expected.map(({ key }) => key),
    what,
  );
  expectEqual(people, expected, what);
  expectEqual(version, await repository.version(), `${what}: the version`);
}

async function expectNear(repository: MovieRepository, films: Films, word: string): Promise<void> {
  const { version, ...found } = await repository.wordsNear(word);
  expectEqual(found, wordsNearOf(films, word), `wordsNear("${word}")`);
  expectEqual(version, await repository.version(), `wordsNear("${word}"): the version`);
}
