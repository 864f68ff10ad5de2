import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { type Command, startThrowAway, type ThrowAway } from "./throw-away-server.ts";

const places: string[] = [];

afterEach(async () => {
  for (const place of places.splice(0)) await rm(place, { recursive: true, force: true });
});

/** Answers with the folder that it runs in. */
const FAKE_SERVER = `
  require("node:http")
    .createServer((_, response) => response.end(process.cwd()))
    .listen(Number(process.argv[1]), "127.0.0.1");
`;

test("a server runs in a folder of its own, and both are gone after stop", async () => {
  const server = await startThrowAway(fake((port) => [run(FAKE_SERVER, port)]));
  const folder = await ask(server.url);
  expect(dirname(folder)).toBe(tmpdir());
  expect(existsSync(folder)).toBe(true);

  await server.stop();
  expect(await answers(server.url)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

test("what a server starts ends with it", async () => {
  const wrapped = `
    const [script, port] = process.argv.slice(1);
    require("node:child_process").spawn(process.execPath, ["-e", script, port]);
  `;
  const server = await startThrowAway(fake((port) => [run(wrapped, FAKE_SERVER, port)]));
  await server.stop();
  await vi.waitUntil(async () => !(await answers(server.url)), { timeout: 10_000 });
});

test.each(["SIGKILL", "SIGTERM", "SIGINT"] as const)(
  "nothing is left when %s ends the run",
  async (signal) => {
    const testRun = `
    import { startThrowAway } from ${JSON.stringify(join(import.meta.dirname, "throw-away-server.ts"))};
    const server = await startThrowAway({
      program: "fake",
      url: (port) => "http://127.0.0.1:" + port,
      commands: (_folder, port) => [[process.execPath, "-e", ${JSON.stringify(FAKE_SERVER)}, String(port)]],
      ping: (url) => fetch(url),
    });
    process.stdout.write(server.url);
    setInterval(() => {}, 1_000);
  `;
    const child = spawn(process.execPath, ["--input-type=module", "-e", testRun], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [url] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
    const folder = await ask(url);

    child.kill(signal);
    await vi.waitUntil(async () => !(await answers(url)) && !existsSync(folder), { timeout: 10_000 });
  },
);

test("the commands before the last prepare the folder, in order", async () => {
  const server = await startThrowAway(
    fake((port) => [
      run(`require("node:fs").writeFileSync("first", "prepared")`),
      run(`require("node:fs").renameSync("first", "second")`),
      run(`require("node:fs").readFileSync("second"); ${FAKE_SERVER}`, port),
    ]),
  );
  await server.stop();
});

test("a server that does not start says so with the last lines of its output", async () => {
  const start = startThrowAway(fake(() => [run(`console.log("bad option"); process.exit(3)`)]));
  await expect(start).rejects.toThrow(/fake does not start: .* ended with 3\nbad option$/s);
});

test("a program that can't be run says so", async () => {
  const start = startThrowAway(fake(() => [["/nowhere/fake"]]));
  await expect(start).rejects.toThrow(
    "fake does not start: /nowhere/fake can't be run: spawn /nowhere/fake ENOENT",
  );
});

test("a port that was taken in between is replaced by another", async () => {
  const marks = await mkdtemp(join(tmpdir(), "movie-store-marks-"));
  places.push(marks);
  const takenOnce = `
    const { existsSync, writeFileSync } = require("node:fs");
    const mark = process.argv[2];
    if (!existsSync(mark)) {
      writeFileSync(mark, "");
      throw new Error("Address already in use");
    }
    ${FAKE_SERVER}
  `;
  const ports: number[] = [];
  const server = await startThrowAway(
    fake((port) => {
      ports.push(port);
      return [run(takenOnce, port, join(marks, "tried"))];
    }),
  );
  await server.stop();
  expect(new Set(ports).size).toBe(2);
});

function fake(commands: (port: number) => readonly Command[]): ThrowAway {
  return {
    program: "fake",
    url: (port) => `http://127.0.0.1:${port}`,
    commands: (_folder, port) => commands(port),
    ping: ask,
  };
}

function run(script: string, ...options: readonly (string | number)[]): Command {
  return [process.execPath, "-e", script, ...options.map(String)];
}

async function ask(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Not by its process id: that remains for a while after the end of a process whose parent is gone. */
async function answers(url: string): Promise<boolean> {
  return ask(url).then(
    () => true,
    () => false,
  );
}
