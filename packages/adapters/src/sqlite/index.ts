export { migrateSqlite } from "./migrate.ts";
export { SqliteMovieRepository, type SqliteMovieRepositoryOptions } from "./movie-repository.ts";
