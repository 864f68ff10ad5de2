/**
 * In the bundle instead of iconv-lite, whose tables would be a quarter of it. mysql2 asks it about character sets that
 * Node does not know. Values never have one: the connection asks for utf8mb4. What may have one is the text of an
 * acknowledgement (rows matched, settings of the session), which mysql2 reads by the default character set of the
 * server, such as utf8mb3 or gbk: that is ASCII, which UTF-8 reads as well.
 */

import { StringDecoder } from "node:string_decoder";

export function getDecoder(): StringDecoder {
  return new StringDecoder("utf8");
}

export function getEncoder(encoding: string): never {
  throw new Error(`texts can't be sent as ${encoding}: this bundle has no character sets but those of Node`);
}
