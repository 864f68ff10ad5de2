/** The cast: people are found by any of their names, and films have all that are chosen. */

import type { SuggestAnswer, ValuesAnswer } from "@movie-store/core";
import { useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { useNavigation } from "../navigation.tsx";
import { Combobox } from "../parts/combobox.tsx";
import { PersonIcon } from "../parts/icons.tsx";
import type { Search } from "../place.ts";

const SHOWN = 8;

interface Person {
  readonly name: string;
  readonly films: number;
}

export function CastFilter({ search }: { readonly search: Search }) {
  const { go } = useNavigation();
  const [text, setText] = useState("");
  const { answer } = useAnswer(text.trim() === "" ? undefined : text.trim(), findPeople);
  const options = (text.trim() === "" ? [] : (answer ?? [])).map(({ name, films }) => ({
    key: name,
    content: (
      <>
        <PersonIcon />
        <span class="what">{name}</span>{" "}
        <span class="aside">{films === 1 ? "1 film" : `${films} films`}</span>
      </>
    ),
    pick: () => {
      setText("");
      if (!search.cast.includes(name)) go({ ...search, cast: [...search.cast, name] });
    },
  }));
  return (
    <fieldset>
      <legend>Cast</legend>
      <Combobox
        label="Add a person of the cast"
        listLabel="People"
        placeholder="Add a person"
        text={text}
        options={options}
        onText={setText}
      />
    </fieldset>
  );
}

/** Those whose name begins so, and those of the suggestions, which know every word of a name and forgive an error. */
async function findPeople(text: string, signal: AbortSignal): Promise<readonly Person[]> {
  const asking = { signal, mayBeKept: true };
  const [beginning, suggested] = await Promise.all([
    ask<ValuesAnswer>(`/v1/cast?${new URLSearchParams({ prefix: text, limit: `${SHOWN}` })}`, asking),
    ask<SuggestAnswer>(`/v1/suggest?${new URLSearchParams({ q: text, limit: "20" })}`, asking),
  ]);
  const people = new Map<string, Person>();
  for (const suggestion of suggested.body.suggestions) {
    if (suggestion.kind === "person") people.set(suggestion.name, suggestion);
  }
  for (const { value, films } of beginning.body.values)
    people.set(String(value), { name: String(value), films });
  return [...people.values()].slice(0, SHOWN);
}
