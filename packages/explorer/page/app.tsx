/** The whole page: what stands above and below every view, and the view. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ChangesView } from "./changes/changes-view.tsx";
import { FilmView } from "./film/film-view.tsx";
import { IngestView } from "./ingest/ingest-view.tsx";
import { Link, NavigationProvider, useNavigation } from "./navigation.tsx";
import { OnKey } from "./parts/trouble.tsx";
import { EVERYTHING, type Place } from "./place.ts";
import { SearchBox } from "./search/search-box.tsx";
import { SearchView } from "./search/search-view.tsx";

export function App() {
  // With another key everything is asked anew.
  const [keyNumber, setKeyNumber] = useState(0);
  const onKey = useCallback(() => setKeyNumber((number) => number + 1), []);
  return (
    <NavigationProvider>
      <OnKey.Provider value={onKey}>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        <Head />
        <main id="content" tabIndex={-1} key={keyNumber}>
          <View />
        </main>
        <footer>
          <a href="/docs">API reference</a>
          <a href="/openapi.json">OpenAPI</a>
        </footer>
      </OnKey.Provider>
    </NavigationProvider>
  );
}

function Head() {
  const { place } = useNavigation();
  const current = (view: Place["view"]) => (place.view === view ? "page" : undefined);
  return (
    <header class="head">
      <Link class="brand" to={EVERYTHING}>
        <Brand />
        Movie Store
      </Link>
      <SearchBox />
      <nav aria-label="Views">
        <Link to={EVERYTHING} aria-current={current("search")}>
          Films
        </Link>
        <Link to={{ view: "changes" }} aria-current={current("changes")}>
          Changes
        </Link>
        <Link to={{ view: "ingest" }} aria-current={current("ingest")}>
          Ingest
        </Link>
      </nav>
    </header>
  );
}

function Brand() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <circle cx="16" cy="16" r="14" />
      {[0, 72, 144, 216, 288].map((turn) => (
        <circle key={turn} class="hole" cx="16" cy="8.4" r="3.1" transform={`rotate(${turn} 16 16)`} />
      ))}
      <circle class="hole" cx="16" cy="16" r="1.8" />
    </svg>
  );
}

function View() {
  const { place } = useNavigation();
  useFocusOnView(place);
  switch (place.view) {
    case "search":
      return <SearchView search={place} />;
    case "film":
      return <FilmView place={place} />;
    case "changes":
      return <ChangesView />;
    case "ingest":
      return <IngestView />;
  }
}

/** Who goes to another view by keys or with a screen reader begins at its top; who types goes on typing. */
function useFocusOnView(place: Place): void {
  const view = place.view === "film" ? `film ${place.id}` : place.view;
  const before = useRef(view);
  useEffect(() => {
    if (before.current === view) return;
    before.current = view;
    if (document.activeElement instanceof HTMLInputElement) return;
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [view]);
}
