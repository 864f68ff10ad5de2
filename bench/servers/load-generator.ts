/** The open loop: reads what to ask from one file, and writes the times to another. */

import { readFileSync, writeFileSync } from "node:fs";
import { type OfferedLoad, offerLoad } from "../open-loop.ts";

const [asked, told] = process.argv.slice(2) as [string, string];
writeFileSync(told, JSON.stringify(await offerLoad(JSON.parse(readFileSync(asked, "utf8")) as OfferedLoad)));
