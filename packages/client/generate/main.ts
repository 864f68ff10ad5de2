/** npm run generate -w @movie-store/client */

import { writeFile } from "node:fs/promises";
import { SCHEMA_FILE, schemaText } from "./schema-text.ts";

await writeFile(SCHEMA_FILE, await schemaText());
