/**
 * CSV (RFC 4180) with a header row of canonical names; lists are separated by `|`, nested names are written with a
 * dot (`externalIds.imdb`, `poster.url`).
 */

import { readCanonical } from "./canonical.ts";
import { badField, type FormatResult, splitList } from "./reading.ts";

const LIST_COLUMNS: ReadonlySet<string> = new Set(["cast", "genres", "directors", "countries", "languages"]);
const NUMBER_COLUMNS: ReadonlySet<string> = new Set([
  "year",
  "runtimeMinutes",
  "thumbnail_width",
  "thumbnail_height",
  "poster.width",
  "poster.height",
]);

export interface CsvRow {
  readonly cells: readonly string[];
  /** The row as it stood in the text, without its line end. */
  readonly raw: string;
}

/** Splits CSV that arrives in pieces; a quoted cell may span lines and pieces. */
export class CsvReader {
  #rest = "";

  /** @returns the rows that are complete now. */
  push(text: string): readonly CsvRow[] {
    this.#rest += text;
    return this.#take(false);
  }

  /** @returns the last row, where the text did not end with a line end. */
  end(): readonly CsvRow[] {
    return this.#take(true);
  }

  /** Characters that wait for the end of their row. */
  get pending(): number {
    return this.#rest.length;
  }

  #take(atEnd: boolean): readonly CsvRow[] {
    const rows: CsvRow[] = [];
    const text = this.#rest;
    let start = 0;
    let quoted = false;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 0x22) quoted = !quoted;
      else if (unit === 0x0a && !quoted) {
        this.#add(rows, text.slice(start, at));
        start = at + 1;
      }
    }
    this.#rest = text.slice(start);
    if (atEnd) {
      this.#add(rows, this.#rest);
      this.#rest = "";
    }
    return rows;
  }

  #add(rows: CsvRow[], line: string): void {
    const raw = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (raw.trim() !== "") rows.push({ raw, cells: splitCells(raw) });
  }
}

export function readCsvRows(text: string): readonly CsvRow[] {
  const reader = new CsvReader();
  return [...reader.push(text), ...reader.end()];
}

function splitCells(raw: string): readonly string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < raw.length; at++) {
    const character = raw[at] as string;
    if (character === '"') {
      if (quoted && raw[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = !quoted;
    } else if (character === "," && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += character;
  }
  cells.push(cell);
  return cells;
}

/** An object that is CSV: a header row and the row of one film. */
export function readCsv(text: string): FormatResult {
  const [header, row, ...more] = readCsvRows(text);
  if (header === undefined || row === undefined) {
    return { code: "bad-csv", reason: "there is no row of data below a header row" };
  }
  if (more.length > 0) {
    return { code: "bad-csv", reason: `one object holds one film, this one has ${more.length + 1} rows` };
  }
  if (header.raw.split('"').length % 2 === 0 || row.raw.split('"').length % 2 === 0) {
    return { code: "bad-csv", reason: "a quoted cell has no end" };
  }
  return readCsvRow(header.cells, row.cells);
}

function readCsvRow(header: readonly string[], cells: readonly string[]): FormatResult {
  const names = header.map((name) => name.trim());
  if (!names.includes("title") && !names.includes("id")) {
    return { code: "bad-csv", reason: "the header row names neither title nor id", field: "title" };
  }
  if (cells.length > names.length) {
    return { code: "bad-csv", reason: `the row has ${cells.length} cells, the header ${names.length}` };
  }
  const object: Record<string, unknown> = {};
  for (const [at, name] of names.entries()) {
    const text = cells[at]?.trim() ?? "";
    if (text === "" || name === "" || name === "__proto__") continue;
    if (name === "deleted") {
      if (text !== "true" && text !== "false") return badField("deleted", "is neither true nor false");
      object["deleted"] = text === "true";
    } else setNested(object, name, cellValue(name, text));
  }
  return readCanonical(object);
}

function cellValue(column: string, text: string): unknown {
  if (LIST_COLUMNS.has(column)) return splitList(text, "|");
  if (NUMBER_COLUMNS.has(column) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text;
}

function setNested(object: Record<string, unknown>, name: string, value: unknown): void {
  const [head = "", tail] = name.split(".", 2);
  if (tail === undefined) object[name] = value;
  else if (head === "externalIds" || head === "poster") {
    object[head] = { ...(object[head] as object | undefined), [tail]: value };
  }
}
