import { ConfigError } from "@movie-store/adapters/variables";
import { expect, test } from "vitest";
import { namesSecrets, withSecrets } from "./secrets.ts";

const URLS = {
  MYSQL_URL: "mysql://db.example:3306/films?tls=required",
  REDIS_URL: "rediss://cache.example:6379",
};

function reading(secrets: Readonly<Record<string, string>>) {
  return async (id: string) => secrets[id] ?? Promise.reject(new Error(`no secret ${id}`));
}

test("credentials go into the URLs of their servers, encoded", async () => {
  const secrets = { db: '{"username":"store","password":"p@ss/w:rd","host":"elsewhere"}', token: "t?k#n" };
  const environment = { ...URLS, MYSQL_SECRET: "db", REDIS_SECRET: "token", LOG_LEVEL: "info" };
  expect(await withSecrets(environment, reading(secrets))).toEqual({
    ...environment,
    MYSQL_URL: "mysql://store:p%40ss%2Fw%3Ard@db.example:3306/films?tls=required",
    REDIS_URL: "rediss://:t%3Fk%23n@cache.example:6379",
  });
});

test("without a secret that is named, nothing is read and nothing changes", async () => {
  const environment = { ...URLS, MYSQL_SECRET: "", REDIS_SECRET: undefined };
  expect(namesSecrets(environment)).toBe(false);
  expect(await withSecrets(environment, reading({}))).toEqual(environment);
});

test.for([
  ["is no JSON", "p4ssword"],
  ["has no user", '{"password":"p4ssword"}'],
  ["has an empty password", '{"username":"store","password":"","note":"p4ssword"}'],
])("a secret that %s is refused without a word of it", async ([, text]) => {
  const refused = withSecrets({ ...URLS, MYSQL_SECRET: "db" }, reading({ db: text as string }));
  await expect(refused).rejects.toBeInstanceOf(ConfigError);
  const error: Error = await refused.catch((thrown) => thrown);
  expect(error.message).toBe("MYSQL_SECRET must name a secret that is JSON with username and password");
  expect(`${error.stack} ${error.cause}`).not.toContain("p4ssword");
});

test("a secret without the URL of its server is refused", async () => {
  const refused = withSecrets({ REDIS_SECRET: "token" }, reading({ token: "t" }));
  await expect(refused).rejects.toThrow("REDIS_SECRET needs REDIS_URL");
});

test("a secret that can't be read is told as it is", async () => {
  await expect(withSecrets({ ...URLS, MYSQL_SECRET: "db" }, reading({}))).rejects.toThrow("no secret db");
});
