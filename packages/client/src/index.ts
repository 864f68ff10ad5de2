export {
  type Answer,
  type ApiPath,
  type Asked,
  createMovieStoreClient,
  type Movie,
  type MovieStoreClient,
  type MovieStoreClientOptions,
  type MoviesExport,
  type MoviesQuery,
} from "./client.ts";
export type { Change, ChangesOptions } from "./follow-changes.ts";
export { MovieStoreProblem, type ProblemCode } from "./problem.ts";
export type { Fetch, RetryOptions } from "./retrying-fetch.ts";
export type { components, paths } from "./schema.ts";
