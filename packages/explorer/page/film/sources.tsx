/** Who said what, and whose word holds. */

import type { FieldSources, SourceEntry, SourcesAnswer } from "@movie-store/core";
import { Moment } from "../parts/time.tsx";
import { fieldName, valueText } from "./field-names.ts";
import { isSame, whyItHolds } from "./why.ts";

export function Sources({ sources: { sources, fields } }: { readonly sources: SourcesAnswer }) {
  const rows = Object.entries(fields);
  const disputed = rows.filter(([, field]) => field.disputed).length;
  return (
    <section aria-labelledby="sources-title">
      <h2 id="sources-title">Who said what</h2>
      <p class="aside">{disputeText(disputed, rows.length, sources.length)}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys. */}
      <section class="scroller" aria-label="What each provider says" tabIndex={0}>
        <table class="sources">
          <thead>
            <tr>
              <th scope="col">Fact</th>
              {sources.map((source) => (
                <th key={source.updateId} scope="col">
                  {source.provider}
                  <small>
                    {source.withdrawn ? "withdrawn " : ""}
                    <Moment at={source.at} />
                  </small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, field]) => (
              <Row key={name} name={name} field={field} sources={sources} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly field: FieldSources;
  readonly sources: readonly SourceEntry[];
}

function Row({ name, field, sources }: RowProps) {
  return (
    <tr class={field.disputed ? "disputed" : ""}>
      <th scope="row">
        {fieldName(name)}
        {field.disputed && (
          <small>
            <span class="tag">disputed</span> {whyItHolds(field, sources)}
          </small>
        )}
      </th>
      {sources.map((source) => (
        <Cell key={source.updateId} field={field} source={source} />
      ))}
    </tr>
  );
}

function Cell({ field, source }: { readonly field: FieldSources; readonly source: SourceEntry }) {
  const said = field.values.find((value) => isSame(value, source));
  if (said === undefined) {
    return (
      <td class="silent">
        <span aria-hidden="true">–</span>
        <span class="unseen">says nothing</span>
      </td>
    );
  }
  const text = valueText(said.value);
  if (isSame(field, source)) {
    return (
      <td class="holds" dir="auto">
        <span class="mark" role="img" aria-label="holds">
          ✓
        </span>{" "}
        {text}
      </td>
    );
  }
  return (
    <td class={text === valueText(field.value) ? "agrees" : "differs"} dir="auto">
      {text}
    </td>
  );
}

function disputeText(disputed: number, facts: number, providers: number): string {
  if (providers === 1) return "One provider describes this film.";
  if (disputed === 0) return `${providers} providers describe this film, and they agree.`;
  const count = disputed === 1 ? "1 is" : `${disputed} are`;
  return `${providers} providers describe this film. Of ${facts} facts ${count} disputed; the word marked ✓ holds.`;
}
