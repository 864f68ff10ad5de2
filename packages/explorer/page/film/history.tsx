/** The changes of a film as a time line, each of which leads to the film as it was then. */

import type { HistoryEntry } from "@movie-store/core";
import { useState } from "preact/hooks";
import { ApiError } from "../api/client.ts";
import { Link } from "../navigation.tsx";
import { Moment } from "../parts/time.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { differenceOf, type ValueDifference } from "./difference.ts";
import { fieldName } from "./field-names.ts";
import { type Film, loadHistory } from "./load-film.ts";

interface HistoryProps {
  readonly film: Film;
  readonly at: number | undefined;
}

export function History({ film, at }: HistoryProps) {
  const [{ history, next }, setRead] = useState(film.history);
  const [error, setError] = useState<ApiError>();
  const { id } = film.history;

  async function readOn(after: number): Promise<void> {
    try {
      const page = await loadHistory(id, after);
      setError(undefined);
      setRead((before) =>
        before.next === after ? { ...page, history: [...before.history, ...page.history] } : before,
      );
    } catch (reason) {
      if (reason instanceof ApiError) setError(reason);
    }
  }

  const shownNumber = at === undefined ? undefined : history.findLast(({ number }) => number <= at)?.number;
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">How it came to be so</h2>
      <ol class="time-line">
        {history.map((entry) => (
          <Entry key={entry.number} entry={entry} id={id} isShown={entry.number === shownNumber} />
        ))}
      </ol>
      {error !== undefined && next !== null && <Trouble error={error} again={() => void readOn(next)} />}
      {error === undefined && next !== null && (
        <button type="button" class="more" onClick={() => void readOn(next)}>
          Later changes
        </button>
      )}
    </section>
  );
}

interface EntryProps {
  readonly entry: HistoryEntry;
  readonly id: string;
  readonly isShown: boolean;
}

function Entry({ entry, id, isShown }: EntryProps) {
  const { number, at, kind, provider, into, from } = entry;
  return (
    <li class={kind} aria-current={isShown ? "step" : undefined}>
      <p class="entry-head">
        <strong>{KIND_NAMES[kind]}</strong>
        {provider !== undefined && <span>by {provider}</span>}
        {into !== undefined && <Link to={{ view: "film", id: into }}>the film it is now part of</Link>}
        {from !== undefined && <Link to={{ view: "film", id: from }}>the film it was part of</Link>}
        <span class="aside">
          change {number}, <Moment at={at} precise />
        </span>
        {kind !== "withdrawn" && kind !== "merged" && (
          <Link
            class="then-link"
            to={{ view: "film", id, at: number }}
            aria-label={`As it was then, after change ${number}`}
          >
            As it was then
          </Link>
        )}
      </p>
      <Fields entry={entry} />
    </li>
  );
}

const KIND_NAMES: Readonly<Record<HistoryEntry["kind"], string>> = {
  created: "Created",
  updated: "Updated",
  merged: "Merged",
  split: "Split off",
  withdrawn: "Withdrawn",
};

function Difference({ isList, gone, come }: ValueDifference) {
  if (gone === "" && come === "") return <span class="aside">in another order</span>;
  return (
    <>
      {gone !== "" && (
        <>
          {isList && "without "}
          <del dir="auto">{gone}</del>
        </>
      )}
      {gone !== "" && come !== "" && (isList ? ", " : <span aria-hidden="true"> → </span>)}
      {come !== "" && (
        <>
          {isList && "with "}
          <ins dir="auto">{come}</ins>
        </>
      )}
    </>
  );
}

/** What a new film began with and a gone one ended with is long, and mostly elsewhere on the page. */
function Fields({ entry: { kind, fields } }: { readonly entry: HistoryEntry }) {
  const changes = Object.entries(fields);
  if (changes.length === 0) return null;
  const list = (
    <dl class="field-changes">
      {changes.map(([field, { before, after }]) => (
        <div key={field}>
          <dt>{fieldName(field)}</dt>
          <dd>
            <Difference {...differenceOf(before, after)} />
          </dd>
        </div>
      ))}
    </dl>
  );
  if (kind === "updated") return list;
  return (
    <details>
      <summary>{changes.length === 1 ? "1 fact" : `${changes.length} facts`}</summary>
      {list}
    </details>
  );
}
