/** How long objects take until readers find them. */

import type { ReceiptAnswer } from "@movie-store/core";
import { duration } from "../parts/time.tsx";
import { type Delay, delayFromWriting, delayInStore } from "./sums.ts";

export function Delays({ updates }: { readonly updates: readonly ReceiptAnswer[] }) {
  return (
    <>
      <Figure
        name="from written to readable"
        delay={delayFromWriting(updates)}
        none="nothing has come within a day of being written"
      />
      <Figure
        name="from received to readable"
        delay={delayInStore(updates)}
        none="nothing has become readable"
      />
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly delay: Delay | undefined;
  /** Said where there is no delay to tell. */
  readonly none: string;
}

function Figure({ name, delay, none }: FigureProps) {
  return (
    <div class="delay">
      <dt>{name}</dt>
      {delay === undefined ? (
        <dd>
          – <small>{none}</small>
        </dd>
      ) : (
        <dd>
          {duration(delay.medianMs)}{" "}
          <small>
            median of {delay.count}, longest {duration(delay.longestMs)}
          </small>
        </dd>
      )}
    </div>
  );
}
