/** What became of the objects of each provider. */

import type { ReceiptAnswer } from "@movie-store/core";
import { Moment } from "../parts/time.tsx";
import { type Counts, sumsByProvider, VERDICTS } from "./sums.ts";

export function ProviderTable({ updates }: { readonly updates: readonly ReceiptAnswer[] }) {
  return (
    <section aria-labelledby="providers-title">
      <h2 id="providers-title">By provider</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys. */}
      <section class="scroller" aria-label="Objects of each provider" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Provider</th>
              <td />
              {VERDICTS.map((verdict) => (
                <th key={verdict} scope="col" class="amount">
                  {verdict}
                </th>
              ))}
              <th scope="col">Last object</th>
            </tr>
          </thead>
          <tbody>
            {sumsByProvider(updates).map(({ provider, counts, lastAt }) => (
              <tr key={provider}>
                <th scope="row">{provider === "" ? "(none)" : provider}</th>
                <td class="share">
                  <Share counts={counts} />
                </td>
                {VERDICTS.map((verdict) => (
                  <td key={verdict} class={`amount ${counts[verdict] === 0 ? "silent" : ""}`}>
                    {counts[verdict]}
                  </td>
                ))}
                <td>
                  <Moment at={lastAt} precise />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

/** The same numbers as a bar, for the eye. */
function Share({ counts }: { readonly counts: Counts }) {
  return (
    <span class="share-bar" aria-hidden="true">
      {VERDICTS.map((verdict) => (
        <span key={verdict} class={verdict} style={{ flexGrow: counts[verdict] }} />
      ))}
    </span>
  );
}
