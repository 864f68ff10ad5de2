/** The health of ingest: what became of the latest objects, and how long it took. */

import type { ReceiptAnswer } from "@movie-store/core";
import { useEffect } from "preact/hooks";
import { ask } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { Trouble } from "../parts/trouble.tsx";
import { Delays } from "./delays.tsx";
import { Latest } from "./latest.tsx";
import { ProviderTable } from "./provider-table.tsx";
import { Rejected } from "./rejected.tsx";
import { countsOf, VERDICTS } from "./sums.ts";

interface UpdatesAnswer {
  readonly updates: readonly ReceiptAnswer[];
  readonly next: number | null;
}

const LATEST = 1_000;
const REJECTED = 100;
const ASK_EVERY_MS = 5_000;

export function IngestView() {
  const { answer, error, again } = useAnswer("ingest", async (_, signal) => {
    const [latest, rejected] = await Promise.all([
      ask<UpdatesAnswer>(`/v1/updates?limit=${LATEST}`, { signal }),
      ask<UpdatesAnswer>(`/v1/updates?verdict=rejected&limit=${REJECTED}`, { signal }),
    ]);
    return { latest: latest.body, rejected: rejected.body };
  });
  useEffect(() => {
    document.title = "Ingest · Movie Store";
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") again();
    }, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [again]);

  return (
    <div class="page ingest">
      <h1 tabIndex={-1}>Ingest</h1>
      {error !== undefined && <Trouble error={error} again={again} />}
      {error === undefined && answer !== undefined && (
        <Health latest={answer.latest} rejected={answer.rejected} />
      )}
    </div>
  );
}

interface HealthProps {
  readonly latest: UpdatesAnswer;
  readonly rejected: UpdatesAnswer;
}

function Health({ latest: { updates, next }, rejected }: HealthProps) {
  if (updates.length === 0) return <p class="notice">No object has come yet.</p>;
  const counts = countsOf(updates);
  return (
    <>
      <p class="aside">
        {next === null ? `All ${updates.length} objects` : `The latest ${updates.length} objects`} that
        providers have sent. This page looks again every {ASK_EVERY_MS / 1_000} seconds.
      </p>
      <dl class="figures">
        {VERDICTS.map((verdict) => (
          <div key={verdict} class={verdict}>
            <dt>{verdict}</dt>
            <dd>{counts[verdict]}</dd>
          </div>
        ))}
        <Delays updates={updates} />
      </dl>
      <ProviderTable updates={updates} />
      <Rejected updates={rejected.updates} hasMore={rejected.next !== null} />
      <Latest updates={updates} />
    </>
  );
}
