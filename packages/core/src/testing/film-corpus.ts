/** Films whose names and orders bring out what databases get wrong. */

import type { Facts } from "../facts.ts";
import type { Submission } from "../update.ts";
import { update } from "./films.ts";
import { Random } from "./random.ts";

const TITLES = [
  "Carmen",
  "CARMEN",
  "Cármen",
  "The Kid",
  "Kid, The",
  "Amélie",
  "Amelie of Montmartre",
  "東京物語",
  "東京",
  "乱",
  "🎬 Take Two",
  "🎬",
  "🎭 Masks",
  "𠮷野家の夜",
  "\ufdfd the opening",
  "Crouching Tiger, Hidden Dragon",
  "Good Morning, Vietnam",
  "M",
  "Up",
  "It",
  "Up & Up",
  "100% Wolf",
  "100 Wolves",
  "snake_case",
  "snakeXcase",
  'The "Good" Life',
  "L'Avventura",
  "L’Avventura",
  "O'Brother \\ Where",
  '@ +"minus" -plus *star',
  "…",
  "Ολυμπία",
  "Иди и смотри",
  "Straße",
  "Strasse",
  "Ærøskøbing",
  "İstanbul",
  "Istanbul",
  "ﬁn de siècle",
  "Seven Samurai",
  "Samurai Seven",
  "8½",
  "2001: A Space Odyssey",
  "2010",
  "a",
  "A  b",
];
const NAMES = [
  "Theda Bara",
  "Renée Adorée",
  "Renee Adoree",
  "三船 敏郎",
  "Ryan O'Neal",
  "Penélope Cruz",
  "Max von Sydow",
  "Max",
  "D'Artagnan, Jr.",
  "100%",
  "A_B",
  "AxB",
];
const GENRES = ["Drama", "Comedy", "Film noir", "Film Noir", "Sci-Fi", "Comédie", "Western"];
const PROVIDERS = ["acme", "zeta", "ciné.fr"];

/**
 * Submissions that make `count` films or a little fewer: each title several times, every fifth film without a year,
 * some of them described by two providers, some withdrawn, some renamed.
 */
export function filmCorpus(seed: number, count = 150): readonly Submission[] {
  const random = new Random(seed);
  const submissions: Submission[] = [];
  for (let number = 0; number < count; number++) {
    const facts = factsOf(random, number);
    const provider = random.pick(PROVIDERS);
    const common = { provider, id: `${number}`, receivedAt: 10_000 };
    submissions.push(update(facts, { ...common, at: number }));
    if (random.chance(10)) {
      const title = `${facts.title} ${random.pick(["II", "returns", "🎬"])}`;
      submissions.push(update({ ...facts, title }, { ...common, at: 1_000 + number }));
    } else if (random.chance(5)) {
      submissions.push(update({}, { ...common, at: 1_000 + number, deleted: true }));
    } else if (random.chance(15)) {
      submissions.push(update(facts, { ...common, provider: "northlight", at: 2_000 + number }));
    }
  }
  return submissions;
}

function factsOf(random: Random, number: number): Facts {
  const title = TITLES[number % TITLES.length] as string;
  // Few years, so that many films tie and their ids decide.
  return {
    title,
    ...(number % 5 === 4 ? {} : { year: 1995 + random.integer(6) }),
    cast: [...random.some(NAMES, random.integer(5))],
    genres: [...random.some(GENRES, random.integer(4))],
  };
}
