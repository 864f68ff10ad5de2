/** What Lambda calls: `handler.handler`. Everything here is made once for each execution environment. */

import { loadConfig } from "./config.ts";
import { createContainer } from "./container.ts";
import { createHandler } from "./create-handler.ts";

const container = createContainer(loadConfig(process.env));

export const handler = createHandler(container, () => process.exit(1));
