import { MovieStoreError } from "@movie-store/core";
import { describe, expect, it } from "vitest";
import { isContention, isLost, mapError } from "./errors.ts";

const server = (errno: number) => Object.assign(new Error(`error ${errno}`), { errno, code: "ER_SOMETHING" });
const driver = (code: string, errno = -1) => Object.assign(new Error(code), { code, errno, fatal: true });

describe("mapError", () => {
  it.each([
    ["a server that does not answer", driver("ECONNREFUSED", -111), "unavailable"],
    ["a connection that breaks", driver("ECONNRESET", -104), "unavailable"],
    ["a connection that the server closed", driver("PROTOCOL_CONNECTION_LOST"), "unavailable"],
    ["a certificate that is not trusted", driver("HANDSHAKE_SSL_ERROR"), "unavailable"],
    ["a name that can't be resolved", driver("ENOTFOUND", -3008), "unavailable"],
    ["a server that is going down", server(1053), "unavailable"],
    ["a server without room", server(1114), "unavailable"],
    ["too many connections", server(1040), "unavailable"],
    ["a lock that was not given up in time", server(1205), "unavailable"],
    ["a replica after a fail-over", server(1290), "unavailable"],
    ["a server in read-only mode", server(1836), "unavailable"],
    ["a password that is wrong", server(1045), "unavailable"],
    ["a database that is not there", server(1049), "unavailable"],
    ["a read that took too long on MySQL", server(3024), "unavailable"],
    ["a read that took too long on MariaDB", server(1969), "unavailable"],
    ["tables that are not there", server(1146), "unavailable"],
    ["a deadlock", server(1213), "conflict"],
    ["a row that came in between", server(1062), "conflict"],
    ["a damaged index", server(1712), "corrupt"],
  ])("calls %s by its code", (_, error, code) => {
    const mapped = mapError(error);
    expect(mapped).toBeInstanceOf(MovieStoreError);
    expect(mapped).toMatchObject({ code, cause: error });
  });

  it("says what to do about tables that are not there", () => {
    expect(mapError(server(1146))).toMatchObject({ message: expect.stringContaining("movie-store migrate") });
  });

  it("does not send anybody to migrate a database that is not there", () => {
    expect(mapError(server(1049))).not.toMatchObject({ message: expect.stringContaining("migrate") });
  });

  it("leaves mistakes of ours and errors of core as they are", () => {
    const syntax = server(1064);
    const closed = new MovieStoreError("closed", "closed");
    for (const error of [syntax, closed, new TypeError("no"), "text"]) expect(mapError(error)).toBe(error);
  });
});

describe("what another attempt may cure", () => {
  it.each([
    [server(1213), { lost: false, contended: true }],
    [server(1412), { lost: false, contended: true }],
    [server(1792), { lost: true, contended: false }],
    [server(1927), { lost: true, contended: false }],
    [driver("EPIPE", -32), { lost: true, contended: false }],
    [server(1205), { lost: false, contended: false }],
    [server(1064), { lost: false, contended: false }],
    [new Error("no"), { lost: false, contended: false }],
  ])("tells %s", (error, expected) => {
    expect({ lost: isLost(error), contended: isContention(error) }).toEqual(expected);
  });
});
