/** The films of a search, page by page. */

import type { FindAnswer, Movie } from "@movie-store/core";
import { useMemo, useState } from "preact/hooks";
import { ApiError, ask } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { type Search, searchTarget } from "../place.ts";

const PAGE = 24;

export interface Results {
  readonly movies: readonly Movie[] | undefined;
  readonly error: ApiError | undefined;
  /** Whether what is shown is not yet the answer to the newest question. */
  readonly isWaiting: boolean;
  readonly hasMore: boolean;
  again(): void;
  more(): void;
}

interface Further {
  /** The first page that these go on from. Pages that go on from another one count for nothing. */
  readonly first: FindAnswer;
  readonly movies: readonly Movie[];
  readonly next: string | null;
  readonly error?: ApiError;
}

export function useResults(search: Search): Results {
  const { answer, ...asking } = useAnswer(searchTarget(search, PAGE), async (target, signal) => {
    return { search, first: (await ask<FindAnswer>(target, { signal, mayBeKept: true })).body };
  });
  const [read, setRead] = useState<Further>();
  const first = answer?.first;
  const further = read !== undefined && read.first === first ? read : undefined;
  const movies = useMemo(
    // The same list as long as it has the same films, so that they are not drawn anew at each letter.
    () => first && [...first.movies, ...(further?.movies ?? [])],
    [first, further?.movies],
  );
  const next = further === undefined ? (first?.page.next ?? null) : further.next;

  async function readOn(): Promise<void> {
    if (next === null || answer === undefined) return;
    const before: Further = { first: answer.first, movies: further?.movies ?? [], next };
    try {
      const { body } = await ask<FindAnswer>(searchTarget(answer.search, PAGE, next));
      // Of two answers to the same question, as two clicks ask it, the second brings nothing new.
      setRead({ ...before, movies: [...before.movies, ...body.movies], next: body.page.next });
    } catch (error) {
      if (error instanceof ApiError) setRead({ ...before, error });
    }
  }

  const more = () => void readOn();
  return {
    movies,
    error: asking.error ?? further?.error,
    isWaiting: asking.isWaiting,
    hasMore: next !== null,
    again: further?.error === undefined ? asking.again : more,
    more,
  };
}
