/** How the databases read what each kind of search asks for: by which index, and that no table is read whole. */

import { hash } from "node:crypto";
import { SqliteMovieRepository } from "@movie-store/adapters/sqlite";
import { type FindParameters, type MovieRepository, MovieStore } from "@movie-store/core";
import type { Film } from "./corpus.ts";
import { filledMySqlStore } from "./mysql-store.ts";
import { questionsByKind } from "./query-kinds.ts";
import type { Figure } from "./report.ts";
import { scaledStore } from "./scaled-store.ts";
import { type Plan, plansOnMySql, plansOnSqlite } from "./statements.ts";

const QUESTIONS_A_KIND = 20;

export async function measurePlans(real: readonly Film[], size: number): Promise<readonly Figure[]> {
  const path = await scaledStore(real, size);
  const first = SqliteMovieRepository.open({ path });
  const questions = await questionsOf(first, real, size);
  await first.close();
  return figuresOf("SQLite", questions, (some) =>
    plansOnSqlite(path, async () => {
      // A connection keeps the statements that it has prepared, so each kind has one of its own.
      const repository = SqliteMovieRepository.open({ path });
      await askAll(repository, some);
      await repository.close();
    }),
  );
}

export async function measureMySqlPlans(
  server: string,
  real: readonly Film[],
  size: number,
): Promise<readonly Figure[]> {
  const { repository } = await filledMySqlStore(server, real, size);
  const questions = await questionsOf(repository, real, size);
  const figures = await figuresOf("MySQL", questions, (some) => plansOnMySql(() => askAll(repository, some)));
  await repository.close();
  return figures;
}

type Questions = ReadonlyMap<string, readonly FindParameters[]>;

function questionsOf(repository: MovieRepository, real: readonly Film[], size: number): Promise<Questions> {
  const store = storeOn(repository);
  return questionsByKind(
    real,
    size,
    QUESTIONS_A_KIND,
    async (question) => (await store.find(question)).page.next,
  );
}

async function askAll(repository: MovieRepository, questions: readonly FindParameters[]): Promise<void> {
  const store = storeOn(repository);
  for (const question of questions) await store.find(question);
}

function storeOn(repository: MovieRepository): MovieStore {
  return new MovieStore({ repository, cache: null, digest: (text) => hash("sha1", text, "base64url") });
}

async function figuresOf(
  where: string,
  questions: Questions,
  plansOf: (questions: readonly FindParameters[]) => Promise<readonly Plan[]>,
): Promise<readonly Figure[]> {
  const plans = new Map<string, readonly Plan[]>();
  for (const [kind, some] of questions) plans.set(kind, await plansOf(some));
  const all = [...plans.values()];
  const statements = all.flat();
  const scans = statements.filter(isScanning).length;
  const steps = all.map((some) => new Set(some.flatMap((plan) => plan.steps.map(({ text }) => text))));
  const isEverywhere = (text: string) => steps.every((texts) => texts.has(text));
  return [
    {
      name: `${where}, full scans`,
      value: `${scans} in ${statements.length.toLocaleString("en")} statements`,
      limit: "0",
      met: scans === 0 && statements.length > 0,
    },
    { name: `${where}, every kind`, value: stepsOf(statements, isEverywhere) },
    ...[...plans].map(([kind, some]) => ({
      name: `${where}, ${kind}`,
      value: stepsOf(some, (text) => !isEverywhere(text)),
      limit: "no full scan",
      met: !some.some(isScanning),
    })),
  ];
}

function isScanning({ steps }: Plan): boolean {
  return steps.some(({ isFullScan }) => isFullScan);
}

/** Each step once, with the most rows that it has in any of the plans. */
function stepsOf(plans: readonly Plan[], isWanted: (text: string) => boolean): string {
  const most = new Map<string, number>();
  for (const { text, rows = 1 } of plans.flatMap(({ steps }) => steps)) {
    if (isWanted(text)) most.set(text, Math.max(rows, most.get(text) ?? 1));
  }
  return [...most]
    .map(([text, rows]) => (rows === 1 ? text : `${text}, ${rows.toLocaleString("en")} rows`))
    .join("; ");
}
