/** The feed of changes for a part of the page, as long as that is shown and the page can be seen. */

import type { FeedEntry } from "@movie-store/core";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Connection, followChanges } from "../api/follow-changes.ts";

interface FeedOptions {
  /** The number of the last change that is known; until there is one, nothing is asked for. */
  readonly after: number | undefined;
  readonly isPaused?: boolean;
  onChanges(changes: readonly FeedEntry[]): void;
}

export function useFeed({ after, isPaused = false, onChanges }: FeedOptions): Connection {
  const [connection, setConnection] = useState<Connection>("connecting");
  const isVisible = useVisible();
  const known = useRef(0);
  known.current = Math.max(known.current, after ?? 0);
  const listener = useRef(onChanges);
  listener.current = onChanges;

  const isFollowing = after !== undefined && !isPaused && isVisible;
  useEffect(() => {
    if (!isFollowing) return;
    const gone = new AbortController();
    const onNew = (changes: readonly FeedEntry[]) => {
      known.current = changes.at(-1)?.number ?? known.current;
      listener.current(changes);
    };
    void followChanges(known.current, { onChanges: onNew, onConnection: setConnection }, gone.signal);
    return () => gone.abort();
  }, [isFollowing]);
  return connection;
}

/** A tab in the background holds no connection: browsers allow six to a host. */
function useVisible(): boolean {
  const [isVisible, setVisible] = useState(() => document.visibilityState === "visible");
  useEffect(() => {
    const look = () => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return isVisible;
}
