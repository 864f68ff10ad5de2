/** `npm run simulate`: prints the simulated tables of docs/scaling.md. */

import { cacheTable, edgeTable, queueTable, shardTable } from "./tables.ts";

for (const table of [queueTable, shardTable, cacheTable, edgeTable]) console.log(`${table()}\n`);
