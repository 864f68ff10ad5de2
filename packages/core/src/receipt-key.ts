/** Where in the bucket of an object its receipt lies. */

import type { Receipt } from "./update.ts";
import { encodeUtf8 } from "./utf8.ts";

/** The folder of receipts in a bucket; `receipts/<provider>/` is for that provider to read. */
export const RECEIPTS_PREFIX = "receipts/";

/** Amazon S3 User Guide, "Naming Amazon S3 objects". */
const MAX_KEY_BYTES = 1_024;
/** What Amazon S3 and its likes give; another one could be a path of its own. */
const PLAIN_VERSION_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** Cutting can make one more folder of dots, `..` at most. */
const DOTS_GROW_BY = 4;

/** Whether a key lies among the receipts: what is written there is never an update. */
export function isReceiptKey(key: string): boolean {
  return key.startsWith(RECEIPTS_PREFIX);
}

/**
 * The receipt of `providers/acme/heat.json` in version `v1` is `receipts/acme/heat.json/v1.json`: all those of an
 * object lie in a folder that has its name. Where there is no version id, the update's id stands for it.
 *
 * A name that can't be kept whole is changed, and the update's id tells it from others: its end is cut where the key
 * would be too long, and a folder `.` or `..`, which clients resolve, is written `%2E` or `%2E%2E`.
 *
 * @param prefix key prefix of the providers' folders.
 * @returns at most 1,024 bytes of UTF-8; `undefined` where the key of the object names no provider (`bad-key`).
 */
export function receiptKey(
  receipt: Pick<Receipt, "updateId" | "provider" | "key" | "versionId" | "rejection">,
  prefix: string,
): string | undefined {
  const { updateId, provider, key, versionId, rejection } = receipt;
  const home = `${prefix}${provider}/`;
  if (provider === "" || rejection?.code === "bad-key" || !key.startsWith(home)) return undefined;
  const name = key.slice(home.length);
  const isPlain = versionId !== undefined && PLAIN_VERSION_ID.test(versionId);
  const whole = `${RECEIPTS_PREFIX}${provider}/${name}/${isPlain ? versionId : updateId}.json`;
  const harmless = withoutDotFolders(name);
  if (harmless === name && encodeUtf8(whole).length <= MAX_KEY_BYTES) return whole;
  const ending = `/${updateId}.json`;
  const cut = cutTo(
    MAX_KEY_BYTES - ending.length - DOTS_GROW_BY,
    `${RECEIPTS_PREFIX}${provider}/${harmless}`,
  );
  return withoutDotFolders(cut) + ending;
}

function withoutDotFolders(name: string): string {
  return name.replace(/(?<=^|\/)\.{1,2}(?=\/|$)/g, (dots) => dots.replaceAll(".", "%2E"));
}

/** Cut between two characters. */
function cutTo(maxBytes: number, text: string): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += encodeUtf8(character).length;
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
