import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMySqlPrograms } from "./mysql-programs.ts";

const [MYSQL, MARIADB] = [
  "Ver 9.7.0 for Linux on x86_64 (MySQL)",
  "Ver 10.11.6-MariaDB for debian-linux-gnu",
];

let folders: { readonly mysql: string; readonly mariadb: string };

beforeEach(async () => {
  const [mysql, mariadb] = await Promise.all([
    folderOf({ mysqld: MYSQL, mysqldump: MYSQL }),
    folderOf({ mysqld: MARIADB, mysqldump: MARIADB }),
  ]);
  folders = { mysql, mariadb };
});

afterEach(async () => {
  for (const folder of Object.values(folders)) await rm(folder, { recursive: true });
});

async function folderOf(says: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "movie-store-programs-"));
  for (const [name, version] of Object.entries(says)) {
    await writeFile(join(folder, name), `#!/bin/sh\necho '${name}  ${version}'\n`);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

test("programs of MariaDB are passed over", async () => {
  const found = await findMySqlPrograms({ PATH: `${folders.mariadb}:${folders.mysql}` });
  expect(found).toEqual({
    mysqld: join(folders.mysql, "mysqld"),
    mysqldump: join(folders.mysql, "mysqldump"),
  });
});

test("where one is not there, it is said which", async () => {
  expect(await findMySqlPrograms({ PATH: folders.mariadb })).toMatchObject({
    notice: expect.stringContaining("no mysqld of MySQL"),
  });
  await rm(join(folders.mysql, "mysqldump"));
  expect(await findMySqlPrograms({ PATH: folders.mysql })).toMatchObject({
    notice: expect.stringContaining("no mysqldump of MySQL"),
  });
});
