/** Core's `Gunzip` over node:zlib, with the cap on what a small object may unfold to. */

import { gunzipSync } from "node:zlib";
import type { Gunzip } from "@movie-store/core";

export const gunzip: Gunzip = (bytes, maxBytes) => {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    return error instanceof RangeError ? "too-large" : undefined;
  }
};
