/** The feed of changes, newest first, as they come. */

import type { FeedAnswer, FeedEntry } from "@movie-store/core";
import { useEffect, useMemo, useState } from "preact/hooks";
import { ApiError, ask } from "../api/client.ts";
import type { Connection } from "../api/follow-changes.ts";
import { useAnswer } from "../api/use-answer.ts";
import { fieldName } from "../film/field-names.ts";
import { Link } from "../navigation.tsx";
import { Moment } from "../parts/time.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { useFeed } from "./use-feed.ts";
import { type Titled, useTitles } from "./use-titles.ts";

const PAGE = 30;
/** More than anyone reads; the page stays light however long it is open. */
const MAX_SHOWN = 500;

export function ChangesView() {
  const { answer: begin, error, again } = useAnswer("newest changes", (_, signal) => newestChanges(signal));
  const [newer, setNewer] = useState<readonly FeedEntry[]>([]);
  const [older, setOlder] = useState<readonly FeedEntry[]>([]);
  const [olderError, setOlderError] = useState<ApiError>();
  const [isPaused, setPaused] = useState(false);
  const connection = useFeed({
    after: begin?.next,
    isPaused,
    onChanges: (changes) => setNewer((before) => [...before, ...changes].slice(-MAX_SHOWN)),
  });
  useEffect(() => {
    document.title = "Changes · Movie Store";
  }, []);

  const ascending = useMemo(() => [...older, ...(begin?.changes ?? []), ...newer], [older, begin, newer]);
  const titles = useTitles(ascending);
  const first = ascending[0]?.number ?? 1;
  const seeOlder = async () => {
    try {
      const page = await changesBefore(first);
      setOlder((before) => [
        ...page.changes.filter(({ number }) => number < (before[0]?.number ?? first)),
        ...before,
      ]);
      setOlderError(undefined);
    } catch (reason) {
      if (reason instanceof ApiError) setOlderError(reason);
    }
  };

  return (
    <div class="page changes">
      <header class="page-head">
        <h1 tabIndex={-1}>Changes</h1>
        {begin !== undefined && (
          <>
            <ConnectionSign connection={connection} isPaused={isPaused} />
            <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
              Pause
            </button>
          </>
        )}
      </header>
      <p class="aside">Every change of every film, numbered without gaps. New ones come in at the top.</p>
      <p class="unseen" role="status">
        {newer.length > 0 && announcement(newer, titles)}
      </p>
      {error !== undefined && <Trouble error={error} again={again} />}
      {begin !== undefined && ascending.length === 0 && (
        <p class="notice">
          Nothing has changed yet: the store is empty. Put a film into it and it appears here.
        </p>
      )}
      <ol class="feed" aria-label="Changes, newest first">
        {ascending.toReversed().map((entry) => (
          <Entry key={entry.number} entry={entry} titles={titles} isNew={entry.number > (begin?.next ?? 0)} />
        ))}
      </ol>
      {olderError !== undefined && <Trouble error={olderError} again={() => void seeOlder()} />}
      {first > 1 && olderError === undefined && (
        <button type="button" class="more" onClick={() => void seeOlder()}>
          Older changes
        </button>
      )}
    </div>
  );
}

async function newestChanges(signal: AbortSignal): Promise<FeedAnswer> {
  const { version } = (await ask<FeedAnswer>("/v1/changes?limit=1", { signal })).body;
  return (await ask<FeedAnswer>(`/v1/changes?after=${Math.max(0, version - PAGE)}&limit=1000`, { signal }))
    .body;
}

async function changesBefore(number: number): Promise<FeedAnswer> {
  const after = Math.max(0, number - 1 - PAGE);
  return (await ask<FeedAnswer>(`/v1/changes?after=${after}&limit=${number - 1 - after}`)).body;
}

const SIGNS: Readonly<Record<Connection, string>> = {
  connecting: "Connecting …",
  live: "Live",
  broken: "No connection, trying again …",
};

function ConnectionSign({
  connection,
  isPaused,
}: {
  readonly connection: Connection;
  readonly isPaused: boolean;
}) {
  return (
    <p class={`sign ${isPaused ? "paused" : connection}`} role="status">
      {isPaused ? "Paused" : SIGNS[connection]}
    </p>
  );
}

function announcement(newer: readonly FeedEntry[], titles: ReadonlyMap<string, Titled>): string {
  const last = newer.at(-1);
  if (last === undefined) return "";
  return `Change ${last.number}: ${titles.get(last.movieId)?.title ?? last.movieId} ${last.kind}`;
}

interface EntryProps {
  readonly entry: FeedEntry;
  readonly titles: ReadonlyMap<string, Titled>;
  readonly isNew: boolean;
}

function Entry({ entry, titles, isNew }: EntryProps) {
  const { number, at, kind, movieId, provider, fields, into } = entry;
  const film = titles.get(movieId);
  return (
    <li class={isNew ? "new" : ""}>
      <span class="number">{number}</span>
      <span class={`kind ${kind}`}>{kind}</span>
      <span class="what">
        <Link to={{ view: "film", id: movieId }} dir="auto">
          {film?.title ?? movieId}
        </Link>
        {film?.year !== undefined && <small> {film.year}</small>}
        {into !== undefined && (
          <>
            {" into "}
            <Link to={{ view: "film", id: into }}>{titles.get(into)?.title ?? into}</Link>
          </>
        )}
        {kind === "updated" && fields.length > 0 && (
          <small> · {fields.map((field) => fieldName(field).toLowerCase()).join(", ")}</small>
        )}
      </span>
      <span class="aside">
        {provider !== undefined && `${provider}, `}
        <Moment at={at} precise />
      </span>
    </li>
  );
}
