export { SqliteMovieRepository, type SqliteMovieRepositoryOptions } from "./movie-repository.ts";
