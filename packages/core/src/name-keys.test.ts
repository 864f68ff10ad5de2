import { describe, expect, it } from "vitest";
import { beginningOfKeys, keysOfName, MAX_KEYS, nameOfKey, tierOf } from "./name-keys.ts";

describe("keysOfName", () => {
  it("begins a key with each word of a name", () => {
    expect(keysOfName("al pacino")).toEqual(["al pacino\t", "pacino\tal"]);
    expect(keysOfName("zsa zsa gabor")).toEqual(["zsa zsa gabor\t", "zsa gabor\tzsa", "gabor\tzsa zsa"]);
    expect(keysOfName("ryan o'neal")).toEqual([
      "ryan o neal\t\tryan o'neal",
      "o neal\tryan\tryan o'neal",
      "neal\tryan o\tryan o'neal",
      "ryan neal\t\tryan o'neal",
    ]);
  });

  it("finds people without their initials as well, each key once", () => {
    expect(keysOfName("samuel l jackson")).toEqual([
      "samuel l jackson\t",
      "l jackson\tsamuel",
      "jackson\tsamuel l",
      "samuel jackson\t\tsamuel l jackson",
    ]);
    expect(new Set(keysOfName("a b a c")).size).toBe(keysOfName("a b a c").length);
  });

  it("has a bound for each name", () => {
    expect(keysOfName("a b c d e f g h i j k l")).toHaveLength(MAX_KEYS);
    expect(keysOfName("x".repeat(100))).toHaveLength(1);
    expect(keysOfName("x".repeat(101))).toEqual([]);
    expect(keysOfName("…")).toEqual([]);
  });

  it("leads back to the name, and is met by what is typed", () => {
    for (const name of [
      "al pacino",
      "ryan o'neal",
      "samuel l. jackson",
      "j r r tolkien",
      "cher",
      "100%",
      "a b a c",
    ])
      for (const key of keysOfName(name)) expect(nameOfKey(key)).toBe(name);
    expect(beginningOfKeys("  Ryan O’Né ")).toBe("ryan o ne");
    expect(beginningOfKeys("!")).toBe("");
  });
});

describe("tierOf", () => {
  it("rises at 4, 16, 32, 64 and 128 films", () => {
    const films = [1, 3, 4, 15, 16, 31, 32, 63, 64, 127, 128, 5_000];
    expect(films.map(tierOf)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });
});
