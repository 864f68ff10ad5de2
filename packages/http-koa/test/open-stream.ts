/** A stream of changes that is closed when the test has ended. */

import { onTestFinished } from "vitest";
import { EventClient } from "./event-client.ts";
import type { RunningApi } from "./running-api.ts";

export async function openStream(
  api: RunningApi,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventClient> {
  const client = await EventClient.open(`${api.url}/v1/changes${query}`, headers);
  onTestFinished(() => client.cutOff());
  return client;
}
