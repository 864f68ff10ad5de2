import { expect, test } from "vitest";
import { differenceOf } from "./difference.ts";

test.each([
  [93, 104, { isList: false, gone: "93", come: "104" }],
  [undefined, "A new word", { isList: false, gone: "", come: "A new word" }],
  [undefined, ["One", "Two"], { isList: false, gone: "", come: "One, Two" }],
  [["One", "Two"], ["Two", "Three"], { isList: true, gone: "One", come: "Three" }],
  [["One"], ["One", "Two"], { isList: true, gone: "", come: "Two" }],
  [["One", "Two"], ["Two", "One"], { isList: true, gone: "", come: "" }],
  [{ imdb: "tt1" }, { imdb: "tt1", tmdb: "2" }, { isList: true, gone: "", come: "tmdb 2" }],
  [
    { url: "https://a/1.png", width: 1 },
    { url: "https://a/2.png" },
    { isList: false, gone: "https://a/1.png", come: "https://a/2.png" },
  ],
])("from %j to %j", (before, after, difference) => {
  expect(differenceOf(before, after)).toEqual(difference);
});
