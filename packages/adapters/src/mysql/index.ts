export { migrateMySql } from "./migrate.ts";
export { MySqlMovieRepository } from "./movie-repository.ts";
export type { MySqlOptions } from "./options.ts";
