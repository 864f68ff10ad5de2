/** The repository as a process calls it over a network. */

import type { MovieRepository } from "@movie-store/core";
import type { SimulatedProcess } from "./process.ts";

const CHANGES: Readonly<Record<string, string>> = { append: "commits", markFollowed: "marks as followed" };
const READS: Readonly<Record<string, string>> = {
  find: "finds films",
  films: "reads a film",
  values: "counts values",
  followed: "asks what is followed",
  changes: "reads the changes",
};

/** @param inner does at once, when it is called, all that it does. */
export function repositoryOf(process: SimulatedProcess, inner: MovieRepository): MovieRepository {
  const call = (method: string, work: () => Promise<unknown>) =>
    method in CHANGES
      ? process.change(CHANGES[method] ?? method, work)
      : process.read(READS[method] ?? method, work);
  return new Proxy(inner, {
    get: (target, method: keyof MovieRepository) => {
      const work = target[method] as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => call(method, () => work.apply(target, args));
    },
  });
}
