import { MovieStoreError } from "@movie-store/core";
import { describe, expect, it } from "vitest";
import { isBusy, mapError } from "./errors.ts";

function sqliteError(errcode: number): Error {
  return Object.assign(new Error("it failed"), { code: "ERR_SQLITE_ERROR", errcode });
}

describe("mapError", () => {
  it.each([
    [5, "unavailable", "BUSY"],
    [517, "unavailable", "BUSY_SNAPSHOT, an extended code"],
    [6, "unavailable", "LOCKED"],
    [8, "unavailable", "READONLY"],
    [10, "unavailable", "IOERR"],
    [13, "unavailable", "FULL"],
    [14, "unavailable", "CANTOPEN"],
    [11, "corrupt", "CORRUPT"],
    [26, "corrupt", "NOTADB"],
  ])("maps %i to %s (%s)", (errcode, code) => {
    const cause = sqliteError(errcode);
    expect(mapError(cause)).toMatchObject({ code, cause });
  });

  it("leaves what is no failure of the store alone: a broken constraint is a mistake in this program", () => {
    const error = sqliteError(19);
    expect(mapError(error)).toBe(error);
    const other = new TypeError("x");
    expect(mapError(other)).toBe(other);
    const mapped = new MovieStoreError("closed", "x");
    expect(mapError(mapped)).toBe(mapped);
  });

  it("knows a busy database by its primary code", () => {
    expect(isBusy(sqliteError(5))).toBe(true);
    expect(isBusy(sqliteError(261))).toBe(true);
    expect(isBusy(sqliteError(10))).toBe(false);
  });
});
