/** What the store answers to its readers: the shapes, and the finished text in which answers are cached. */

import type { CacheLayer } from "./cache.ts";
import type { ChangeKind, FieldChange } from "./change.ts";
import type { Facts } from "./facts.ts";
import type { MergedField } from "./merge.ts";
import type { Movie } from "./movie.ts";

/** A page of films. */
export interface FindAnswer {
  readonly movies: readonly Movie[];
  readonly page: {
    readonly limit: number;
    /** The cursor of the next page; null on the last one. */
    readonly next: string | null;
  };
  /** The number of the last change that the answer can reflect. */
  readonly version: number;
  /** At a batch get: the ids asked for that are no film now. */
  readonly missing?: readonly string[];
}

/** A page of the values of a kind, ascending by their normalised names. */
export interface ValuesAnswer {
  readonly values: readonly {
    /** Of years a number; otherwise the name, as the newest film has it. */
    readonly value: string | number;
    /** How many films have it. */
    readonly films: number;
  }[];
  /** To ask on from, as `after`; null at the end. */
  readonly next: string | null;
  readonly version: number;
}

/** Something that a typed text may be the beginning of. */
export type Suggestion =
  | { readonly kind: "movie"; readonly id: string; readonly title: string; readonly year?: number }
  | { readonly kind: "person"; readonly name: string; readonly films: number };

export interface SuggestAnswer {
  /** Films, then people. */
  readonly suggestions: readonly Suggestion[];
  readonly version: number;
}

/** What an id stands for, now or then. */
export type MovieAnswer =
  | { readonly status: "live"; readonly movie: Movie; readonly version: number }
  /** Every provider has withdrawn it. */
  | { readonly status: "withdrawn"; readonly version: number }
  /** It turned out to be another film. */
  | { readonly status: "merged"; readonly into: string; readonly version: number }
  | { readonly status: "unknown"; readonly version: number };

/** An answer as JSON text, ready to be sent. */
export interface TextAnswer {
  readonly status: MovieAnswer["status"];
  /** JSON; empty unless `status` is `live`. */
  readonly text: string;
  readonly version: number;
  /** Equal for equal texts, different for different ones. */
  readonly digest: string;
  /** The cursor of the next page of a search. */
  readonly next: string | undefined;
  readonly into: string | undefined;
  /** Who had it: a cache, or the repository (`db`). */
  readonly layer: CacheLayer | "db";
}

export interface HistoryEntry {
  readonly number: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: ChangeKind;
  readonly provider?: string;
  readonly updateId?: string;
  readonly into?: string;
  readonly from?: string;
  readonly fields: Readonly<Record<string, FieldChange>>;
}

export interface HistoryAnswer {
  readonly id: string;
  readonly history: readonly HistoryEntry[];
  /** The number to ask on from; null at the end. */
  readonly next: number | null;
  readonly version: number;
}

export interface SourceEntry {
  readonly provider: string;
  readonly sourceId: string;
  readonly updateId: string;
  /** The provider's own time, else the time of the event, ISO 8601. */
  readonly at: string;
  readonly withdrawn: boolean;
  /** What it says, or said last where it is withdrawn. */
  readonly facts?: Facts;
}

export interface FieldSources {
  readonly provider: string;
  readonly sourceId: string;
  readonly value: unknown;
  /** Whether a provider says something else. */
  readonly disputed: boolean;
  /** Everyone's word on the field, the winner's included. */
  readonly values: readonly {
    readonly provider: string;
    readonly sourceId: string;
    readonly value: unknown;
  }[];
}

export interface SourcesAnswer {
  readonly id: string;
  readonly sources: readonly SourceEntry[];
  readonly fields: Readonly<Partial<Record<MergedField, FieldSources>>>;
  readonly version: number;
}

export interface FeedEntry {
  readonly number: number;
  readonly at: string;
  readonly kind: ChangeKind;
  readonly movieId: string;
  readonly provider?: string;
  readonly updateId?: string;
  readonly into?: string;
  readonly from?: string;
  /** The names of the fields that differ. */
  readonly fields: readonly string[];
}

export interface FeedAnswer {
  readonly changes: readonly FeedEntry[];
  /** The number to ask on from: that of the last change given, or the one asked with. */
  readonly next: number;
  readonly version: number;
}

interface Head {
  readonly status: TextAnswer["status"];
  readonly version: number;
  readonly digest: string;
  readonly next?: string;
  readonly into?: string;
}

/** The form in which answers lie in a cache: one line of JSON about the answer, then its text. */
export function packAnswer(answer: Omit<TextAnswer, "layer">): string {
  const { text, next, into, ...rest } = answer;
  const head: Head = {
    ...rest,
    ...(next === undefined ? {} : { next }),
    ...(into === undefined ? {} : { into }),
  };
  return `${JSON.stringify(head)}\n${text}`;
}

export function unpackAnswer(packed: string, layer: TextAnswer["layer"]): TextAnswer {
  const end = packed.indexOf("\n");
  const head = JSON.parse(packed.slice(0, end)) as Head;
  const { status, version, digest, next, into } = head;
  return { status, version, digest, next, into, text: packed.slice(end + 1), layer };
}
