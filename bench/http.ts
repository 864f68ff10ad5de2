/**
 * Cached answers under load: this API beside a bare `node:http` and a bare Koa with router that return the same bytes
 * from memory. Each server has one core to itself, the load generator the other.
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Film, randomNumbers } from "./corpus.ts";
import type { Figure } from "./report.ts";
import { scaledStore } from "./scaled-store.ts";

const run = promisify(execFile);
const URLS = 200;
const CONNECTIONS = 32;
const SECONDS = 6;
const ROUNDS = 3;
/** The share of the bare Koa's rate that a cached answer reaches at least. */
const LIMIT_OF_KOA = 0.6;

const SERVERS = ["bare-http", "bare-koa", "api"] as const;

export async function measureHttp(real: readonly Film[]): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-bench-"));
  try {
    const urls = mixOf(real);
    const database = await scaledStore(real, real.length);
    const answers = join(folder, "answers.json");
    const script = join(folder, "mix.lua");
    writeFileSync(script, wrkScript(urls));
    const rates = new Map<string, number[]>();
    for (let round = 0; round < ROUNDS; round++) {
      // The API goes first once, so that the others can return what it answered.
      for (const name of round === 0 ? SERVERS.toReversed() : SERVERS) {
        const server = await startServer(name, database, answers);
        try {
          if (name === "api") await saveAnswers(server.url, urls, answers);
          await load(server.url, script, 2);
          rates.set(name, [...(rates.get(name) ?? []), await load(server.url, script, SECONDS)]);
        } finally {
          server.process.kill("SIGKILL");
        }
      }
    }
    return figuresOf(rates);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function figuresOf(rates: ReadonlyMap<string, readonly number[]>): readonly Figure[] {
  const median = (name: string) =>
    (rates.get(name) ?? []).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
  const koa = median("bare-koa");
  const share = median("api") / koa;
  return [
    { name: "bare node:http", value: `${Math.round(median("bare-http")).toLocaleString("en")} requests/s` },
    { name: "bare Koa with router", value: `${Math.round(koa).toLocaleString("en")} requests/s` },
    {
      name: "cached answer of the API",
      value: `${Math.round(median("api")).toLocaleString("en")} requests/s, ${share.toFixed(2)} of bare Koa`,
      limit: `>= ${LIMIT_OF_KOA}`,
      met: share >= LIMIT_OF_KOA,
    },
  ];
}

/** Searches by year, title, cast and genre, a quarter each, drawn from the films. */
function mixOf(real: readonly Film[]): readonly string[] {
  const random = randomNumbers(3);
  const draw = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const whole = real.filter((film) => film.cast.length > 0 && film.genres.length > 0);
  const kinds = [
    (film: Film) => `year=${film.year}`,
    (film: Film) => `title=${encodeURIComponent(draw(film.title.split(" ")))}`,
    (film: Film) => `cast=${encodeURIComponent(draw(film.cast))}`,
    (film: Film) => `genre=${encodeURIComponent(draw(film.genres))}`,
  ];
  return Array.from({ length: URLS }, (_, at) => `/v1/movies?${kinds[at % kinds.length]?.(draw(whole))}`);
}

async function saveAnswers(base: string, urls: readonly string[], path: string): Promise<void> {
  const answers: Record<string, string> = {};
  for (const url of urls) {
    const response = await fetch(base + url);
    if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
    answers[url] = await response.text();
  }
  writeFileSync(path, JSON.stringify(answers));
}

function wrkScript(urls: readonly string[]): string {
  const list = urls.map((url) => JSON.stringify(url)).join(",\n");
  return `local urls = {${list}}\nlocal at = 0\nrequest = function()\n  at = at % #urls + 1\n  return wrk.format("GET", urls[at])\nend\n`;
}

async function startServer(
  name: (typeof SERVERS)[number],
  database: string,
  answers: string,
): Promise<{ readonly process: ChildProcess; readonly url: string }> {
  const script = join(import.meta.dirname, "servers", `${name}.ts`);
  const args = ["--conditions=@movie-store/source", script, name === "api" ? database : answers];
  const child = spawn(...pinned(0, process.execPath, args), { stdio: ["ignore", "ignore", "pipe"] });
  const url = await new Promise<string>((ready, failed) => {
    child.stderr?.setEncoding("utf8").once("data", (text: string) => ready(text.trim()));
    child.once("exit", (code) => failed(new Error(`${name} ended with ${code}`)));
  });
  return { process: child, url };
}

/** @returns requests a second. */
async function load(url: string, script: string, seconds: number): Promise<number> {
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "-s", script, url];
  const { stdout } = await run(...pinned(1, "wrk", args)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT")
      throw new Error("the load generator wrk is not installed (Debian: apt-get install wrk)");
    throw error;
  });
  if (/Non-2xx/.test(stdout)) throw new Error(`bad answers under load:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

/** A command on one core, where there is more than one. */
function pinned(core: number, command: string, args: readonly string[]): [string, string[]] {
  if (availableParallelism() < 2) return [command, [...args]];
  return ["taskset", ["-c", String(core), command, ...args]];
}
