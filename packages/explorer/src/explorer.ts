/** The page as a server hands it out. */

export interface ExplorerFile {
  /** Changes with the content, so that a browser may keep the file for ever. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** The same compressed. */
  readonly brotli: Uint8Array;
  readonly gzip: Uint8Array;
}

export interface Explorer {
  /** The HTML, which names the files as `/explorer/<name>`. */
  readonly page: string;
  readonly files: readonly ExplorerFile[];
}

/** Where the page looks for its files. */
export const FILES_PATH = "/explorer/";

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** @throws Error for a file that the page is not made of. */
export function mediaTypeOf(name: string): string {
  const mediaType = MEDIA_TYPES[name.slice(name.lastIndexOf(".") + 1)];
  if (mediaType === undefined) throw new Error(`${name} is no file of the page`);
  return mediaType;
}
