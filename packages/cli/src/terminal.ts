/** What the program shows: results on standard output, everything else on standard error. */

import { stripVTControlCharacters } from "node:util";

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** 32,608 */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** "1 film", "2 films" */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** Text of strangers: what would move the cursor or hide something is shown as an escape. */
export function harmless(text: string): string {
  // Line ends and the tab stay; bidirectional controls can make a line read as another one.
  return text.replace(
    /[^\P{C}\n\t]|[\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** As `harmless`, on one line. */
export function harmlessLine(text: string): string {
  return harmless(text.replace(/[\n\t]/g, (character) => (character === "\n" ? "\\n" : "\\t")));
}

/** Columns as wide as their longest cell, the last one as it comes. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, at) => Math.max(...lines.map((line) => width(line[at] ?? ""))));
  return lines
    .map((line) =>
      line
        .map((cell, at) =>
          at === line.length - 1 ? cell : cell + " ".repeat((widths[at] ?? 0) - width(cell)),
        )
        .join("  "),
    )
    .join("\n");
}

function width(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 100;

/** A line on a terminal that says how far a long command is; silent elsewhere. */
export class Progress {
  readonly #noun: string;
  readonly #isShown: boolean;
  #drawnAtMs = 0;

  constructor(noun: string) {
    this.#noun = noun;
    this.#isShown = process.stderr.isTTY === true;
  }

  /** @param share of the whole that is done, 0 to 1, where it is known. */
  show(done: number, share?: number): void {
    const nowMs = performance.now();
    if (!this.#isShown || nowMs - this.#drawnAtMs < REDRAW_MS) return;
    this.#drawnAtMs = nowMs;
    process.stderr.write(
      `\r\u001b[K${share === undefined ? "" : `${bar(share)} `}${counted(done, this.#noun)}`,
    );
  }

  clear(): void {
    if (this.#isShown) process.stderr.write("\r\u001b[K");
  }
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  const percent = Math.floor(Math.min(1, share) * 100);
  return `[${"=".repeat(full)}${" ".repeat(BAR_WIDTH - full)}] ${String(percent).padStart(3)}%`;
}
