/** The search of the whole page: films as one types, and suggestions of titles and people. */

import type { SuggestAnswer, Suggestion } from "@movie-store/core";
import { useEffect, useRef } from "preact/hooks";
import { ask } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { useNavigation } from "../navigation.tsx";
import { Combobox, type Option } from "../parts/combobox.tsx";
import { FilmIcon, PersonIcon } from "../parts/icons.tsx";
import { EVERYTHING, type Place, type Search } from "../place.ts";

export function SearchBox() {
  const { place, go } = useNavigation();
  const input = useSlashKey();
  const search = place.view === "search" ? place : EVERYTHING;
  const text = search.text.trim();
  const { answer } = useAnswer(text === "" ? undefined : suggestTarget(text), async (target, signal) => {
    return (await ask<SuggestAnswer>(target, { signal, mayBeKept: true })).body.suggestions;
  });

  const onText = (typed: string) => {
    go({ ...search, text: typed }, place.view === "search" ? "replace" : undefined);
  };
  const options = (answer ?? []).map((suggestion) => optionOf(suggestion, search, go));
  return (
    <search>
      <Combobox
        input={input}
        label="Search films and people"
        listLabel="Suggestions"
        placeholder="Film or person"
        shortcut="/"
        text={search.text}
        options={options}
        onText={onText}
        onEnter={() => go(search, "replace")}
      />
    </search>
  );
}

export function suggestTarget(text: string): string {
  return `/v1/suggest?${new URLSearchParams({ q: text })}`;
}

function optionOf(suggestion: Suggestion, search: Search, go: (place: Place) => void): Option {
  if (suggestion.kind === "movie") {
    const { id, title, year } = suggestion;
    const content = (
      <>
        <FilmIcon />
        <span class="what">{title}</span> <span class="aside">{year ?? "film"}</span>
      </>
    );
    return { key: id, content, pick: () => go({ view: "film", id }) };
  }
  const { name, films } = suggestion;
  const content = (
    <>
      <PersonIcon />
      <span class="what">{name}</span> <span class="aside">{films === 1 ? "1 film" : `${films} films`}</span>
    </>
  );
  const cast = search.cast.includes(name) ? search.cast : [...search.cast, name];
  return { key: `person ${name}`, content, pick: () => go({ ...search, text: "", cast }) };
}

/** `/` leads to the field from anywhere but another field. */
function useSlashKey() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const { target } = event;
      const isTyping = target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return input;
}
