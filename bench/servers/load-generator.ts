/** The open loop: reads what to ask from one file, and writes the times, or the outcomes, to another. */

import { readFileSync, writeFileSync } from "node:fs";
import { type OfferedLoad, offerLoad, outcomesOf } from "../open-loop.ts";

const [wanted, asked, told] = process.argv.slice(2) as [string, string, string];
const load = JSON.parse(readFileSync(asked, "utf8")) as OfferedLoad;
writeFileSync(told, JSON.stringify(await (wanted === "times" ? offerLoad(load) : outcomesOf(load))));
