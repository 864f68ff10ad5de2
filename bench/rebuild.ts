/**
 * How long `movie-store rebuild` takes to make all films again from the log, and in how much memory. That must not grow
 * with the films.
 */

import { constants } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Film } from "./corpus.ts";
import { mySqlUrl } from "./mysql-store.ts";
import type { Figure } from "./report.ts";
import { scaledStore } from "./scaled-store.ts";
import { runCommand } from "./watched-command.ts";

const LIMIT_MINUTES = 10;
/** Films that the limit is for. */
const MANY = 1_000_000;
/** The memory at the largest size, against that at the smallest. */
const LIMIT_GROWTH = 2;

type Environment = Readonly<Record<string, string>>;

/** On copies of the stores. */
export async function measureRebuild(
  real: readonly Film[],
  sizes: readonly number[],
): Promise<readonly Figure[]> {
  return measureSizes("SQLite", sizes, async (size, work) => {
    const store = await scaledStore(real, size);
    const folder = await mkdtemp(join(dirname(store), "rebuild-"));
    try {
      await copyFile(store, join(folder, "movie-store.sqlite"), constants.COPYFILE_FICLONE);
      return await work({ MOVIE_STORE_DATA: folder });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

/** In the stores themselves, which have the same films afterwards. */
export async function measureMySqlRebuild(
  server: string,
  real: readonly Film[],
  sizes: readonly number[],
): Promise<readonly Figure[]> {
  return measureSizes("MySQL", sizes, async (size, work) =>
    work({ MYSQL_URL: await mySqlUrl(server, real, size) }),
  );
}

/** @param withStore gives the environment that names a store of so many films. */
async function measureSizes(
  where: string,
  sizes: readonly number[],
  withStore: <T>(size: number, work: (environment: Environment) => Promise<T>) => Promise<T>,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const memory: number[] = [];
  for (const size of sizes) {
    const { seconds, residentMib } = await withStore(size, (environment) =>
      runCommand(["rebuild"], environment),
    );
    const most = Math.max(...residentMib);
    memory.push(most);
    const films = `${size.toLocaleString("en")} films`;
    const minutes = seconds / 60;
    figures.push(
      {
        name: `${where}, rebuild of ${films}`,
        value: `${minutes.toFixed(1)} minutes, ${Math.round(size / seconds).toLocaleString("en")} films/s`,
        ...(size < MANY ? {} : { limit: `< ${LIMIT_MINUTES} minutes`, met: minutes < LIMIT_MINUTES }),
      },
      { name: `${where}, most memory while it rebuilds ${films}`, value: `${Math.round(most)} MiB` },
    );
  }
  const [least, most] = [memory[0] ?? Number.NaN, memory.at(-1) ?? Number.NaN];
  if (memory.length < 2) return figures;
  const growth = most / least;
  return [
    ...figures,
    {
      name: `${where}, memory for ${sizes.at(-1)?.toLocaleString("en")} against ${sizes[0]?.toLocaleString("en")} films`,
      value: `${growth.toFixed(2)} times`,
      limit: `< ${LIMIT_GROWTH} times`,
      met: growth < LIMIT_GROWTH,
    },
  ];
}
