/** The years: a bar for each decade, and two fields for any other range. */

import type { ValuesAnswer } from "@movie-store/core";
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/client.ts";
import { useAnswer } from "../api/use-answer.ts";
import { useNavigation } from "../navigation.tsx";
import { type Search, yearsOf, yearText } from "../place.ts";
import { type Decade, decadesOf } from "./decades.ts";

export function YearFilter({ search }: { readonly search: Search }) {
  const { go } = useNavigation();
  const { answer } = useAnswer("/v1/years?limit=1000", async (target, signal) => {
    return decadesOf((await ask<ValuesAnswer>(target, { signal })).body.values);
  });
  const onYear = (year: string) => go({ ...search, year });
  return (
    <fieldset>
      <legend>Year</legend>
      {answer !== undefined && answer.length > 0 && (
        <Decades decades={answer} year={search.year} onYear={onYear} />
      )}
      <YearFields year={search.year} onYear={onYear} />
    </fieldset>
  );
}

interface YearProps {
  readonly year: string;
  onYear(year: string): void;
}

function Decades({ decades, year, onYear }: YearProps & { readonly decades: readonly Decade[] }) {
  const most = Math.max(...decades.map(({ films }) => films));
  const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = yearsOf(year);
  return (
    <div class="decades">
      {decades.map(({ from: first, films }) => {
        const range = yearText(first, first + 9);
        const isWithin = year !== "" && first <= to && first + 9 >= from;
        return (
          <button
            key={first}
            type="button"
            aria-pressed={range === year}
            aria-label={`${first}s, ${films === 1 ? "1 film" : `${films} films`}`}
            title={`${first}s: ${films}`}
            class={isWithin ? "within" : ""}
            disabled={films === 0}
            onClick={() => onYear(range === year ? "" : range)}
          >
            <span class="bar" style={{ "--part": `${films / most}` }} />
            <span class="name">{first % 20 === 0 ? `${first}s` : ""}</span>
          </button>
        );
      })}
    </div>
  );
}

const FULL_YEAR = /^\d{4}$/;

function YearFields({ year, onYear }: YearProps) {
  const [typed, setTyped] = useState(() => fieldsOf(year));
  useEffect(() => setTyped(fieldsOf(year)), [year]);

  function type(fields: { readonly from: string; readonly to: string }): void {
    setTyped(fields);
    // A year is waited for until it is whole.
    const isWhole = [fields.from, fields.to].every((text) => text === "" || FULL_YEAR.test(text));
    if (isWhole) onYear(yearText(numberOf(fields.from), numberOf(fields.to)));
  }

  const field = (name: "from" | "to", label: string) => (
    <label>
      {label}
      <input
        type="text"
        inputMode="numeric"
        autocomplete="off"
        maxLength={4}
        size={4}
        placeholder="any"
        value={typed[name]}
        onInput={({ currentTarget }) => type({ ...typed, [name]: currentTarget.value.trim() })}
      />
    </label>
  );
  return (
    <div class="year-fields">
      {field("from", "From")}
      {field("to", "To")}
    </div>
  );
}

function fieldsOf(year: string) {
  const [from, to] = yearsOf(year);
  return { from: `${from ?? ""}`, to: `${to ?? ""}` };
}

function numberOf(text: string): number | undefined {
  return text === "" ? undefined : Number(text);
}
