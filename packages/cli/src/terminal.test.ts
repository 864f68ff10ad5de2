import { expect, test } from "vitest";
import { counted, harmless, harmlessLine, table } from "./terminal.ts";

test("numbers have thousands separators, nouns a plural", () => {
  expect(counted(1, "film")).toBe("1 film");
  expect(counted(0, "film")).toBe("0 films");
  expect(counted(32_608, "object")).toBe("32,608 objects");
});

test("what would move the cursor or turn the line around is shown as an escape", () => {
  expect(harmless("a\u001b[2Jb\r\u0007\u202ec\u2028\u0085七😀é\u200f")).toBe(
    "a\\u{1b}[2Jb\\u{d}\\u{7}\\u{202e}c\\u{2028}\\u{85}七😀é\\u{200f}",
  );
  expect(harmless("two\nlines\tof text")).toBe("two\nlines\tof text");
  expect(harmlessLine("two\nlines\tof text")).toBe("two\\nlines\\tof text");
});

test("columns are as wide as their longest cell", () => {
  const rows = [
    ["a", "long cell", "x"],
    ["七七七", "b", ""],
  ];
  expect(table(["ID", "NAME", "END"], rows)).toBe(
    "ID   NAME       END\na    long cell  x\n七七七  b          ",
  );
});
