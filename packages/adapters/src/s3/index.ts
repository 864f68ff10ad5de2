export { S3UpdateSource, type S3UpdateSourceOptions } from "./update-source.ts";
