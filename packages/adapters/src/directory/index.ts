export type { WatchFolder } from "./folder-watchers.ts";
export { DirectoryUpdateSource, type DirectoryUpdateSourceOptions } from "./update-source.ts";
export type { DirectoryWatch, WatchOptions } from "./watch.ts";
