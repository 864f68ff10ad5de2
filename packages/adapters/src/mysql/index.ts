export { migrateMySql } from "./migrate.ts";
export { MySqlMovieRepository } from "./movie-repository.ts";
export type { MySqlOptions } from "./options.ts";
export type { PoolUsage } from "./pool.ts";
