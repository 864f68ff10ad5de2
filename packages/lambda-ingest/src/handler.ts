/** What Lambda calls: `handler.handler`. Everything here is made once for each execution environment. */

import { loadConfig } from "./config.ts";
import { createContainer } from "./container.ts";
import { createHandler } from "./create-handler.ts";
import { renewingHandler } from "./renewing-handler.ts";
import { secretReader } from "./secret-reader.ts";

export const handler = await renewingHandler({
  environment: process.env,
  readSecret: secretReader(),
  open: (environment) => {
    const container = createContainer(loadConfig(environment));
    return { handler: createHandler(container, () => process.exit(1)), close: () => container.close() };
  },
});
