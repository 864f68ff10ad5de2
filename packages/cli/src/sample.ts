/** The sample of films that an empty store takes in at its first start. */

import { constants } from "node:fs";
import { copyFile, mkdir, readdir, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Beside `src` and `dist` alike. */
const SAMPLE = fileURLToPath(new URL("../sample/", import.meta.url));

/**
 * Before the first `updatedAt` in the sample. A provider that names no time of its own speaks at the time of its file;
 * at the present time it would have the last word on everything, and no correction would show.
 */
const FIRST_WRITTEN_MS = Date.UTC(2023, 11, 31);

/**
 * Copies the sample into an inbox. The files are dated one second after the other, so that each film has the same id
 * wherever the sample is taken in.
 *
 * @returns the copied files, `<provider>/<name>.json`, in the stages in which the providers would have sent them:
 * corrections after what they correct, at the end what came late and what was withdrawn. Taken in stage by stage, the
 * history of the films shows them as what they are.
 */
export async function copySample(inboxDirectory: string): Promise<readonly (readonly string[])[]> {
  const stages = await sampleStages();
  for (const [at, file] of stages.flat().entries()) {
    const target = join(inboxDirectory, file);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(SAMPLE, file), target, constants.COPYFILE_EXCL);
    const written = new Date(FIRST_WRITTEN_MS + 1_000 * at);
    await utimes(target, written, written);
  }
  return stages;
}

async function sampleStages(): Promise<readonly (readonly string[])[]> {
  const stages = new Map<number, string[]>();
  const entries = await readdir(SAMPLE, { withFileTypes: true });
  const providers = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  for (const provider of providers.sort()) {
    for (const name of (await readdir(join(SAMPLE, provider))).sort()) {
      if (!name.endsWith(".json")) continue;
      const stage = stageOf(name);
      stages.set(stage, [...(stages.get(stage) ?? []), `${provider}/${name}`]);
    }
  }
  return [...stages].sort(([a], [b]) => a - b).map(([, files]) => files);
}

function stageOf(name: string): number {
  const correction = /\.correction-(\d+)\.json$/.exec(name)?.[1];
  if (correction !== undefined) return Number(correction);
  if (name.endsWith(".late.json")) return 1_000;
  return name.endsWith(".withdrawal.json") ? 1_001 : 0;
}
