/** Clients of every kind, good and bad, that come and go. */

import { type ClientRequest, get } from "node:http";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "@movie-store/core/testing";
import type { Answers } from "./answers.ts";
import { FILMS, GENRES, personOf, titleOf, WORDS, yearOf } from "./films.ts";

export interface ClientOptions {
  readonly url: string;
  readonly random: Random;
  readonly answers: Answers;
  readonly isOver: () => boolean;
}

type Visit = (options: ClientOptions) => Promise<void>;

interface Kind {
  /** How many of them there are for each process of the API. */
  readonly count: number;
  readonly betweenMs: number;
  readonly visit: Visit;
}

const KINDS: readonly Kind[] = [
  { count: 2, betweenMs: 30, visit: (options) => ask(popular(options.random), options) },
  { count: 1, betweenMs: 60, visit: (options) => ask(rare(options.random), options) },
  { count: 1, betweenMs: 100, visit: (options) => ask(typed(options.random), options) },
  { count: 1, betweenMs: 80, visit: curious },
  { count: 1, betweenMs: 500, visit: impatient },
  { count: 6, betweenMs: 50, visit: follow },
  { count: 2, betweenMs: 5_000, visit: exportFilms },
  { count: 1, betweenMs: 200, visit: sendHalf },
  { count: 1, betweenMs: 200, visit: readNothing },
];

/** Starts them all. @returns a promise that resolves when the last has gone. */
export async function comeAndGo(options: ClientOptions): Promise<void> {
  await Promise.all(KINDS.flatMap((kind) => Array.from({ length: kind.count }, () => goOn(kind, options))));
}

async function goOn({ betweenMs, visit }: Kind, options: ClientOptions): Promise<void> {
  while (!options.isOver()) {
    await visit(options);
    await pause(betweenMs);
  }
}

function popular(random: Random): string {
  const genre = GENRES[random.integer(4)];
  return random.pick([
    `/v1/movies?genre=${genre}`,
    `/v1/movies?year=${1950 + random.integer(5)}`,
    "/v1/movies",
  ]);
}

function rare(random: Random): string {
  const film = random.integer(FILMS);
  const limit = 1 + random.integer(30);
  return random.pick([
    `/v1/movies?year=${yearOf(film)}..&genre=${random.pick(GENRES)}&limit=${limit}`,
    `/v1/movies?cast=${encodeURIComponent(personOf(film))}&limit=${limit}`,
    `/v1/movies?title=${encodeURIComponent(titleOf(film))}&match=exact`,
    `/v1/movies?title=${random.pick(WORDS)}&sort=title&limit=${limit}`,
  ]);
}

function typed(random: Random): string {
  return `/v1/suggest?q=${random.pick(WORDS).slice(0, 1 + random.integer(5))}`;
}

/** Looks at films, at what became of updates, at what is not there, and asks for what can't be. */
async function curious(options: ClientOptions): Promise<void> {
  const { url, random } = options;
  const page = await fetch(`${url}${popular(random)}`);
  const { movies } = (await page.json()) as { readonly movies: readonly { readonly id: string }[] };
  const film = `/v1/movies/${movies[random.integer(movies.length)]?.id}`;
  const path = random.pick([
    film,
    `${film}/history`,
    `${film}/sources`,
    "/v1/updates?provider=acme&limit=20",
    `/v1/changes?after=${random.integer(FILMS)}&limit=50`,
    "/v1/genres",
    "/v1/years",
    "/v1/cast?prefix=a",
    "/v1/movies/mv_nothing",
    "/v1/movies?limit=-1",
    "/v1/movies/%E0%A4%A",
    "/metrics",
  ]);
  await ask(path, options);
}

async function ask(path: string, { url, answers }: ClientOptions): Promise<void> {
  const response = await fetch(url + path);
  await response.text();
  answers.take(response.status, path);
}

/** Goes before the answer comes. */
async function impatient({ url, random, answers }: ClientOptions): Promise<void> {
  const request = get(url + rare(random), { agent: false });
  await pause(random.integer(4));
  await gone(request);
  answers.abandoned++;
}

async function follow({ url, random, answers }: ClientOptions): Promise<void> {
  const request = get(`${url}/v1/changes`, { agent: false, headers: { Accept: "text/event-stream" } });
  request.once("response", (response) => {
    answers.take(response.statusCode ?? 0, "/v1/changes");
    response.on("error", () => {}).resume();
  });
  await pause(random.integer(8_000));
  await gone(request);
}

/** Half of them go when they have had enough. */
async function exportFilms({ url, random, answers }: ClientOptions): Promise<void> {
  const headers = random.chance(50) ? { "Accept-Encoding": "gzip" } : {};
  const enough = random.chance(50) ? random.integer(1_000_000) : Infinity;
  const request = get(`${url}/v1/export`, { agent: false, headers });
  const { promise, resolve } = Promise.withResolvers<void>();
  request.once("error", resolve).once("close", resolve);
  request.once("response", (response) => {
    let bytes = 0;
    answers.take(response.statusCode ?? 0, "/v1/export");
    response
      .on("error", () => {})
      .on("data", (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > enough) response.destroy();
      });
  });
  await promise;
}

/** A request that stops in the middle of its headers. */
async function sendHalf({ url, random, answers }: ClientOptions): Promise<void> {
  await silent(url, "GET /v1/movies HTTP/1.1\r\nHost: films\r\nX-Slow: ", random.integer(5_000));
  answers.abandoned++;
}

/** Asks for much and reads none of it, at times until it is cut off. */
async function readNothing({ url, random, answers }: ClientOptions): Promise<void> {
  const path = random.pick(["/v1/export", "/v1/changes?after=0"]);
  const request = `GET ${path} HTTP/1.1\r\nHost: films\r\nAccept: application/x-ndjson, text/event-stream\r\n\r\n`;
  await silent(url, request, random.chance(20) ? 60_000 : random.integer(5_000));
  answers.abandoned++;
}

async function silent(url: string, sent: string, forMs: number): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once("error", () => {}).once("close", () => resolve());
  socket.pause().write(sent);
  const timer = setTimeout(() => socket.destroy(), forMs);
  await promise;
  clearTimeout(timer);
}

async function gone(request: ClientRequest): Promise<void> {
  if (request.closed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  request.on("error", () => {}).once("close", resolve);
  request.destroy();
  await promise;
}
