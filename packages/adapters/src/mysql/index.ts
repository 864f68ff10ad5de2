export { migrateMySql } from "./migrate.ts";
export { MySqlMovieRepository } from "./movie-repository.ts";
export { checkMySqlUrl, type MySqlOptions } from "./options.ts";
