/** The receipts of the latest objects. */

import type { ReceiptAnswer } from "@movie-store/core";
import { Link } from "../navigation.tsx";
import { Moment } from "../parts/time.tsx";

const SHOWN = 20;

export function Latest({ updates }: { readonly updates: readonly ReceiptAnswer[] }) {
  return (
    <section aria-labelledby="latest-title">
      <h2 id="latest-title">Latest objects</h2>
      <ul class="latest">
        {updates.slice(0, SHOWN).map(({ updateId, verdict, key, movieId, receivedAt }) => (
          <li key={updateId}>
            <span class={`kind ${verdict}`}>{verdict}</span>
            <span class="what">
              <a href={`/v1/updates/${encodeURIComponent(updateId)}`}>
                <code>{key}</code>
              </a>
              {movieId !== undefined && (
                <>
                  {" "}
                  <Link to={{ view: "film", id: movieId }} aria-label={`Film of ${key}`}>
                    film
                  </Link>
                </>
              )}
            </span>
            <span class="aside">
              <Moment at={receivedAt} precise />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
