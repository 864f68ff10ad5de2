/** The programs of MySQL for tests that lose servers on purpose, and put them back. */

import { programsNamed, versionOf } from "./programs.ts";

export type FoundMySqlPrograms =
  | { readonly mysqld: string; readonly mysqldump: string }
  /** Why tests are skipped, and what helps. */
  | { readonly mysqld: undefined; readonly notice: string };

export async function findMySqlPrograms(environment: NodeJS.ProcessEnv): Promise<FoundMySqlPrograms> {
  const [mysqld, mysqldump] = await Promise.all(
    ["mysqld", "mysqldump"].map((name) => ofMySql(name, environment)),
  );
  if (mysqld !== undefined && mysqldump !== undefined) return { mysqld, mysqldump };
  const lacking = mysqld === undefined ? "mysqld" : "mysqldump";
  return {
    mysqld: undefined,
    notice: `No MySQL to lose: tests that start servers of their own are skipped.
  - no ${lacking} of MySQL on PATH; that of MariaDB will not do
  What helps: put mysqld and mysqldump of MySQL on PATH.`,
  };
}

/** Debian's programs of these names are those of MariaDB. */
async function ofMySql(name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const program of programsNamed(name, environment)) {
    const version = await versionOf(program);
    if (version !== "" && !version.includes("MariaDB")) return program;
  }
  return undefined;
}
