/** What was rejected, and why. Nothing of it is lost: it lies in the quarantine. */

import type { ReceiptAnswer } from "@movie-store/core";
import { Moment } from "../parts/time.tsx";

interface RejectedProps {
  readonly updates: readonly ReceiptAnswer[];
  readonly hasMore: boolean;
}

export function Rejected({ updates, hasMore }: RejectedProps) {
  return (
    <section aria-labelledby="rejected-title">
      <h2 id="rejected-title">Rejected</h2>
      {updates.length === 0 ? (
        <p class="notice good">Nothing: every object could be read.</p>
      ) : (
        <ul class="rejected-list">
          {updates.map(({ updateId, key, reason, code, field, receivedAt }) => (
            <li key={updateId}>
              <p>
                <strong>{reason}</strong>
              </p>
              <p>
                <a href={`/v1/updates/${encodeURIComponent(updateId)}`}>
                  <code>{key}</code>
                </a>
              </p>
              <p class="aside">
                <code>{code}</code>
                {field !== undefined && (
                  <>
                    {" in "}
                    <code>{field}</code>
                  </>
                )}
                , <Moment at={receivedAt} precise />
              </p>
            </li>
          ))}
        </ul>
      )}
      {hasMore && <p class="aside">There are more: “movie-store rejected” lists them all.</p>}
    </section>
  );
}
