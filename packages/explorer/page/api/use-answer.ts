/** An answer of the API as the state of a part of the page. */

import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "./client.ts";

export interface Answering<T> {
  /** That of the newest question; until it is there, that of the one before, so that nothing flickers. */
  readonly answer: T | undefined;
  readonly error: ApiError | undefined;
  readonly isWaiting: boolean;
  /** Asks once more. What is shown stays until the answer is there. */
  again(): void;
}

/**
 * @param question a new one aborts the one before; `undefined` asks nothing.
 * @param ask what it needs to know is in the question.
 */
export function useAnswer<T>(
  question: string | undefined,
  ask: (question: string, signal: AbortSignal) => Promise<T>,
): Answering<T> {
  const [state, setState] = useState<{ answer?: T; error?: ApiError; isWaiting: boolean }>({
    isWaiting: true,
  });
  const [round, setRound] = useState(0);
  const asking = useRef(ask);
  asking.current = ask;

  // Asked before the next picture is drawn, not after it. A round asks the same question again.
  useLayoutEffect(() => {
    if (question === undefined) {
      setState({ isWaiting: false });
      return;
    }
    const gone = new AbortController();
    setState((before) => ({ ...before, isWaiting: true }));
    asking.current(question, gone.signal).then(
      (answer) => {
        if (!gone.signal.aborted) setState({ answer, isWaiting: false });
      },
      (error: unknown) => {
        if (gone.signal.aborted) return;
        setState({ error: asApiError(error), isWaiting: false });
      },
    );
    return () => gone.abort();
  }, [question, round]);

  const again = useCallback(() => setRound((number) => number + 1), []);
  const { answer, error, isWaiting } = state;
  return { answer, error, isWaiting, again };
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, "unexpected", String(error));
}
