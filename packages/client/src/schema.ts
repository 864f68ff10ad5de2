// Generated from the API's OpenAPI document by `npm run generate -w @movie-store/client`: don't edit it.
// Of the answers it has those of 200; whatever else comes is a MovieStoreProblem.

export interface paths {
    readonly "/v1/movies": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Search films
         * @description Conditions combine with AND. Names are compared without case, accents and repeated spaces. Nothing found is 200 with an empty list.
         */
        readonly get: operations["findMovies"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/movies/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * A film
         * @description An id that turned out to be another film leads to that one. With `at`, the film as it was; the id may have led elsewhere then.
         */
        readonly get: operations["getMovie"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/movies/{id}/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Every change of a film */
        readonly get: operations["getHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/movies/{id}/sources": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What each provider says of a film, and who won each field */
        readonly get: operations["getSources"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Every film, as of one change
         * @description A stream of JSON lines: first `{"version":N}`, then each film as it was after change N, a `Movie` a line, in the order of their ids, whatever is taken in meanwhile. `/v1/changes?after=N` goes on from there. An answer that ends without being whole is cut off by the connection.
         */
        readonly get: operations["exportMovies"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/genres": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Genres, with the number of their films
         * @description Ascending by the normalised name. The counts are kept, so this costs no more in a large store.
         */
        readonly get: operations["getGenres"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/years": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Years, with the number of their films
         * @description Ascending by the normalised name. The counts are kept, so this costs no more in a large store.
         */
        readonly get: operations["getYears"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/cast": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Cast members, with the number of their films
         * @description Ascending by the normalised name. The counts are kept, so this costs no more in a large store.
         */
        readonly get: operations["getCast"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/suggest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Films and people that a typed text may be the beginning of
         * @description Words may come in any order, the last one may be unfinished. Where nothing begins so, one typing error in a word of five letters or more is forgiven.
         */
        readonly get: operations["suggest"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/changes": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The numbered feed of changes, as pages or as a stream of events
         * @description As `text/event-stream` it stays open: each event has the number of a change as its `id`, its kind as `event`, and a `Change` as `data`. A stream takes no `limit`.
         */
        readonly get: operations["getChanges"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/updates": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The receipts of objects */
        readonly get: operations["findUpdates"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/v1/updates/{id}": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The receipt of one object */
        readonly get: operations["getUpdate"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/live": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether this process runs */
        readonly get: operations["getLiveness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health/ready": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Whether this process answers: its store does, and it is not about to stop */
        readonly get: operations["getReadiness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A film as its providers together describe it. A fact that nobody states is absent. */
        readonly Movie: {
            readonly title: string;
            readonly year?: number;
            readonly cast?: readonly string[];
            readonly genres?: readonly string[];
            readonly directors?: readonly string[];
            readonly countries?: readonly string[];
            readonly languages?: readonly string[];
            readonly overview?: string;
            readonly runtimeMinutes?: number;
            readonly releaseDate?: string;
            readonly href?: string;
            readonly extract?: string;
            readonly thumbnail?: string;
            readonly thumbnail_width?: number;
            readonly thumbnail_height?: number;
            readonly poster?: {
                readonly url: string;
                readonly width?: number;
                readonly height?: number;
            };
            readonly externalIds?: {
                readonly imdb?: string;
                readonly tmdb?: string;
                readonly wikidata?: string;
            };
            /** @description The film's id, for ever. */
            readonly id: string;
            /** @description The providers that describe the film now, in alphabetical order. */
            readonly providers: readonly string[];
            /** @description The number of the film's last change. */
            readonly version: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            readonly updatedAt: string;
        };
        readonly MoviesPage: {
            readonly movies: readonly components["schemas"]["Movie"][];
            readonly page: {
                readonly limit: number;
                /** @description The `cursor` of the next page; null on the last one. */
                readonly next: string | null;
            };
            /** @description The number of the last change that the answer reflects. */
            readonly version: number;
            /** @description At a batch get: the ids asked for that are no film now. */
            readonly missing?: readonly string[];
        };
        readonly History: {
            /** @description The film's id, for ever. */
            readonly id: string;
            /** @description Oldest first. */
            readonly history: readonly {
                /** @description 1, 2, 3, … without gaps, over all films. */
                readonly number: number;
                /**
                 * Format: date-time
                 * @description ISO 8601 in UTC.
                 */
                readonly at: string;
                /**
                 * @description `created`: new, or back after a withdrawal. `updated`: other facts. `merged`: it turned out to be the film `into`. `split`: it was part of the film `from`. `withdrawn`: no provider describes it any more.
                 * @enum {string}
                 */
                readonly kind: "created" | "updated" | "merged" | "split" | "withdrawn";
                /** @description Whose update caused it; absent where a rebuild did. */
                readonly provider?: string;
                readonly updateId?: string;
                /** @description The film's id, for ever. */
                readonly into?: string;
                /** @description The film's id, for ever. */
                readonly from?: string;
                /** @description Each fact that differs; an absent side had none. */
                readonly fields: {
                    readonly [key: string]: {
                        readonly before?: unknown;
                        readonly after?: unknown;
                    };
                };
            }[];
            /** @description The `after` of the next page; null at the end. */
            readonly next: number | null;
            /** @description The number of the last change that the answer reflects. */
            readonly version: number;
        };
        readonly Sources: {
            /** @description The film's id, for ever. */
            readonly id: string;
            readonly sources: readonly {
                readonly provider: string;
                /** @description The provider's own id of the film. */
                readonly sourceId: string;
                readonly updateId: string;
                /**
                 * Format: date-time
                 * @description The provider's own time, else the time of the event.
                 */
                readonly at: string;
                readonly withdrawn: boolean;
                /** @description What it says, or said last where it is withdrawn. */
                readonly facts?: {
                    readonly title: string;
                    readonly year?: number;
                    readonly cast?: readonly string[];
                    readonly genres?: readonly string[];
                    readonly directors?: readonly string[];
                    readonly countries?: readonly string[];
                    readonly languages?: readonly string[];
                    readonly overview?: string;
                    readonly runtimeMinutes?: number;
                    readonly releaseDate?: string;
                    readonly href?: string;
                    readonly extract?: string;
                    readonly thumbnail?: string;
                    readonly thumbnail_width?: number;
                    readonly thumbnail_height?: number;
                    readonly poster?: {
                        readonly url: string;
                        readonly width?: number;
                        readonly height?: number;
                    };
                    readonly externalIds?: {
                        readonly imdb?: string;
                        readonly tmdb?: string;
                        readonly wikidata?: string;
                    };
                };
            }[];
            /** @description For each field of the film, such as `title` or `externalIds.imdb`: who won it. */
            readonly fields: {
                readonly [key: string]: {
                    readonly provider: string;
                    /** @description The provider's own id of the film. */
                    readonly sourceId: string;
                    /** @description What the film has. */
                    readonly value: unknown;
                    /** @description Whether a provider says something else. */
                    readonly disputed: boolean;
                    /** @description Everyone's word on the field, the winner's included. */
                    readonly values: readonly {
                        readonly provider: string;
                        /** @description The provider's own id of the film. */
                        readonly sourceId: string;
                        readonly value: unknown;
                    }[];
                };
            };
            /** @description The number of the last change that the answer reflects. */
            readonly version: number;
        };
        readonly Redirect: {
            readonly location: string;
        };
        readonly Change: {
            /** @description 1, 2, 3, … without gaps, over all films. */
            readonly number: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            readonly at: string;
            /**
             * @description `created`: new, or back after a withdrawal. `updated`: other facts. `merged`: it turned out to be the film `into`. `split`: it was part of the film `from`. `withdrawn`: no provider describes it any more.
             * @enum {string}
             */
            readonly kind: "created" | "updated" | "merged" | "split" | "withdrawn";
            /** @description Whose update caused it; absent where a rebuild did. */
            readonly provider?: string;
            readonly updateId?: string;
            /** @description The film's id, for ever. */
            readonly into?: string;
            /** @description The film's id, for ever. */
            readonly from?: string;
            readonly movieId: string;
            /** @description The names of the facts that differ. */
            readonly fields: readonly string[];
        };
        readonly Feed: {
            /** @description Ascending, without gaps. */
            readonly changes: readonly components["schemas"]["Change"][];
            /** @description The `after` of the next page, also at the end of the feed. */
            readonly next: number;
            /** @description The number of the last change that the answer reflects. */
            readonly version: number;
        };
        /** @description What became of an object that a provider sent. */
        readonly Receipt: {
            readonly updateId: string;
            /**
             * @description `accepted`: what its provider says now. `superseded`: the provider has said something newer. `duplicate`: the store had it already. `rejected`: it can't be read; it is kept.
             * @enum {string}
             */
            readonly verdict: "accepted" | "superseded" | "duplicate" | "rejected";
            /** @description Empty when the key names none. */
            readonly provider: string;
            readonly bucket: string;
            readonly key: string;
            /** @description Absent where the bucket keeps no versions. */
            readonly versionId?: string;
            /**
             * Format: date-time
             * @description When the object was written.
             */
            readonly eventTime: string;
            /**
             * Format: date-time
             * @description When the store was given it first.
             */
            readonly receivedAt: string;
            /**
             * Format: date-time
             * @description From when on a reader of the store finds it; absent when rejected.
             */
            readonly readableAt?: string;
            /** @description The provider's own id of the film; absent when rejected. */
            readonly sourceId?: string;
            /** @description The film; absent when rejected. */
            readonly movieId?: string;
            /** @description The numbers of the changes that it made. */
            readonly changes: readonly number[];
            /** @description The update that holds in its place. */
            readonly supersededBy?: string;
            readonly reason?: string;
            /**
             * @description Why it was rejected.
             * @enum {string}
             */
            readonly code?: "bad-key" | "gone" | "too-large" | "empty" | "bad-encoding" | "bad-json" | "bad-csv" | "not-an-object" | "unknown-format" | "bad-field";
            /** @description The path of the field that is to blame. */
            readonly field?: string;
        };
        readonly Receipts: {
            /** @description Newest first. */
            readonly updates: readonly components["schemas"]["Receipt"][];
            /** @description The `before` of the next page; null at the end. */
            readonly next: number | null;
            /** @description The number of the last change that the answer reflects. */
            readonly version: number;
        };
        /** @description Problem details, RFC 9457. */
        readonly Problem: {
            /** @constant */
            readonly type: "about:blank";
            /** @description The phrase of the status. */
            readonly title: string;
            readonly status: number;
            /**
             * @description Stable: decide by this.
             * @enum {string}
             */
            readonly code: "invalid-query" | "invalid-path" | "bad-request" | "unauthorized" | "unknown-path" | "unknown-movie" | "unknown-update" | "method-not-allowed" | "not-acceptable" | "request-timeout" | "history-changed" | "withdrawn" | "rate-limited" | "too-large" | "internal" | "unavailable" | "not-yet" | "overloaded" | "stopping";
            /** @description One sentence for people. */
            readonly detail: string;
            /** @description The parameter or header that is wrong. */
            readonly parameter?: string;
            /** @description The log has the request under this id. */
            readonly requestId: string;
        };
        readonly Health: {
            /** @enum {string} */
            readonly status: "live" | "ready";
        };
        readonly Values: {
            readonly values: readonly {
                /** @description A year as a number; a name as it is written in the newest film that has it. */
                readonly value: string | number;
                /** @description How many films have it. */
                readonly films: number;
            }[];
            /** @description The `after` of the next page; null at the end. */
            readonly next: string | null;
            /** @description The number of the last change that the answer reflects. */
            readonly version: number;
        };
        readonly Suggestions: {
            /** @description Films, then people. */
            readonly suggestions: readonly ({
                /** @constant */
                readonly kind: "movie";
                readonly id: string;
                readonly title: string;
                readonly year?: number;
            } | {
                /** @constant */
                readonly kind: "person";
                readonly name: string;
                readonly films: number;
            })[];
            /** @description The number of the last change that the answer reflects. */
            readonly version: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly findMovies: {
        readonly parameters: {
            readonly query?: {
                /** @description The film's name; `match` says how it is compared. */
                readonly title?: string;
                /** @description `words`, the default: every word occurs, in any order. `prefix`: so too, and the last word may be unfinished. `exact`: the whole name. `contains`: a part of the name. */
                readonly match?: "words" | "prefix" | "exact" | "contains";
                /** @description Any of these years or ranges: `1999`, `1990..1999`, `1990..`, `..1950`. */
                readonly year?: readonly string[];
                /** @description All of these cast members, by full name. */
                readonly cast?: readonly string[];
                /** @description At least one of these cast members. */
                readonly "cast.any"?: readonly string[];
                /** @description None of these cast members. */
                readonly "cast.not"?: readonly string[];
                /** @description All of these genres. */
                readonly genre?: readonly string[];
                /** @description At least one of these genres. */
                readonly "genre.any"?: readonly string[];
                /** @description None of these genres. */
                readonly "genre.not"?: readonly string[];
                /** @description Only films that this provider describes. */
                readonly provider?: string;
                /** @description Only these films; `missing` in the answer names those that are none. */
                readonly id?: readonly string[];
                /** @description By year, name or last change; a minus: from last to first. Films that tie are in the order of their ids. */
                readonly sort?: "-year" | "year" | "title" | "-title" | "-updated";
                /** @description Films on a page. */
                readonly limit?: number;
                /** @description Where an earlier page ended: its `page.next`. The other parameters stay the same. */
                readonly cursor?: string;
                /** @description The answer reflects at least the change of this number; where the store has not come to it, there is none: 503 `not-yet`. */
                readonly minVersion?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["MoviesPage"];
                };
            };
        };
    };
    readonly getMovie: {
        readonly parameters: {
            readonly query?: {
                /** @description The film as it was after this change or at this time. */
                readonly at?: string;
                /** @description The answer reflects at least the change of this number; where the store has not come to it, there is none: 503 `not-yet`. */
                readonly minVersion?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description The id of a film. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Movie"];
                };
            };
        };
    };
    readonly getHistory: {
        readonly parameters: {
            readonly query?: {
                /** @description Only changes behind this one: the `next` of an earlier page. */
                readonly after?: number;
                /** @description Entries of a page. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path: {
                /** @description The id of a film. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["History"];
                };
            };
        };
    };
    readonly getSources: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The id of a film. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Sources"];
                };
            };
        };
    };
    readonly exportMovies: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/x-ndjson": string;
                };
            };
        };
    };
    readonly getGenres: {
        readonly parameters: {
            readonly query?: {
                /** @description Only names that begin so, compared without case and accents. */
                readonly prefix?: string;
                /** @description Only values behind this one: the `next` of an earlier page. */
                readonly after?: string;
                /** @description Entries of a page. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Values"];
                };
            };
        };
    };
    readonly getYears: {
        readonly parameters: {
            readonly query?: {
                /** @description Only values behind this one: the `next` of an earlier page. */
                readonly after?: string;
                /** @description Entries of a page. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Values"];
                };
            };
        };
    };
    readonly getCast: {
        readonly parameters: {
            readonly query?: {
                /** @description Only names that begin so, compared without case and accents. */
                readonly prefix?: string;
                /** @description Only values behind this one: the `next` of an earlier page. */
                readonly after?: string;
                /** @description Entries of a page. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Values"];
                };
            };
        };
    };
    readonly suggest: {
        readonly parameters: {
            readonly query: {
                /** @description What has been typed so far; nothing is suggested for nothing. */
                readonly q: string;
                /** @description Entries of a page. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Suggestions"];
                };
            };
        };
    };
    readonly getChanges: {
        readonly parameters: {
            readonly query?: {
                /** @description Only changes behind this one: the `next` of an earlier page. A stream begins without it with what happens from now on. */
                readonly after?: number;
                /** @description The `at` of change `after`. Where a store was put back or taken over by another region, its last changes may be lost and their numbers given to others: who knew one of them is then answered `history-changed`. */
                readonly afterAt?: string;
                /** @description Entries of a page. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Feed"];
                    readonly "text/event-stream": string;
                };
            };
        };
    };
    readonly findUpdates: {
        readonly parameters: {
            readonly query?: {
                /** @description Only objects of this provider. */
                readonly provider?: string;
                /** @description Only objects under this key, which is the whole one. */
                readonly key?: string;
                /** @description Only what could not be read. */
                readonly verdict?: "rejected";
                /** @description Only objects that came before: the `next` of an earlier page. */
                readonly before?: number;
                /** @description Entries of a page. */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Receipts"];
                };
            };
        };
    };
    readonly getUpdate: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path: {
                /** @description The `updateId` of a receipt or of a change. */
                readonly id: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Receipt"];
                };
            };
        };
    };
    readonly getLiveness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    readonly getReadiness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer. */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
}
