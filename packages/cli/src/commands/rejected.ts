/** `movie-store rejected`: the quarantine. */

import { type MovieStore, MovieStoreError, type Receipt } from "@movie-store/core";
import type { Config } from "@movie-store/http-koa";
import { Command } from "commander";
import { BucketReceipts, showReceipts } from "../bucket-receipts.ts";
import { openReceiptWriter } from "../open-bucket.ts";
import { withStore } from "../open-store.ts";
import { Tally } from "../tally.ts";
import { count, counted, harmless, harmlessLine, note, print, table } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

const PAGE = 500;

interface ListFlags {
  readonly provider?: string;
  readonly json?: true;
}

export function addRejected(program: Command): void {
  program
    .command("rejected")
    .summary("show and retry what could not be accepted")
    .description("The quarantine: objects that could not be accepted, with their bytes and the reason.")
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(showCommand())
    .addCommand(retryCommand());
}

function listCommand(): Command {
  return new Command("list")
    .description("List rejected objects, newest first (the default).")
    .option("-p, --provider <name>", "only those of one provider")
    .option("--json", "print a line of JSON for each object")
    .action((flags: ListFlags) =>
      withStore(async ({ store }) => {
        let total = 0;
        for await (const page of rejectedPages(store, flags.provider)) {
          total += page.length;
          if (flags.json) for (const receipt of page) print(JSON.stringify(receipt));
          else print(tableOf(page));
        }
        if (!flags.json) note(total === 0 ? "nothing is rejected" : `${count(total)} rejected`);
      }),
    );
}

function showCommand(): Command {
  return new Command("show")
    .description("Show one rejected object: the reason, and what was received.")
    .argument("<id>", "from the list")
    .option("--json", "print one line of JSON, the bytes in base64")
    .action((id: string, flags: { readonly json?: true }) =>
      withStore(async ({ store }) => {
        const [receipt, logged] = await Promise.all([store.receipt(id), store.logged(id)]);
        if (receipt === undefined || logged === undefined) throw new UsageError(`there is no update ${id}`);
        const { bytes } = logged.object;
        if (flags.json) {
          print(JSON.stringify({ ...receipt, bytes: Buffer.from(bytes).toString("base64") }));
          return;
        }
        print(descriptionOf(receipt, bytes.length));
        print(`\n${shownBytes(bytes)}`);
      }),
    );
}

function retryCommand(): Command {
  return new Command("retry")
    .description(
      `Read rejected objects again, and take in what can be read now. Exit code 1 if any is rejected again. With
S3_RECEIPTS=on those that came from S3_BUCKET get a new receipt there.`,
    )
    .argument("[id...]", "from the list")
    .option("--all", "all of them")
    .action((ids: readonly string[], flags: { readonly all?: true }) =>
      withStore(async ({ store, config }) => {
        if (ids.length > 0 === (flags.all === true)) throw new UsageError("say which: ids, or --all");
        const wanted = flags.all ? await allRejected(store) : ids;
        const { tally, receipts } = await retryPages(store, wanted, config);
        print(`${counted(tally.objects, "object")} read again: ${verdictsOf(tally)}`);
        if (tally.count("rejected") > 0) {
          note(`rejected: ${tally.rejections}`);
          process.exitCode = 1;
        }
        showReceipts(receipts);
      }),
    );
}

async function retryPages(store: MovieStore, ids: readonly string[], config: Config) {
  const tally = new Tally();
  const writer = openReceiptWriter(config, store);
  const receipts = writer === undefined ? undefined : new BucketReceipts(writer, "again");
  try {
    for (let at = 0; at < ids.length; at += PAGE) {
      const page = await retry(store, ids.slice(at, at + PAGE));
      tally.add(page);
      // What was taken in from files, or from another bucket, may lie under a name that this bucket gives others.
      await receipts?.add(page.filter(({ bucket }) => bucket === config.bucket));
    }
  } finally {
    await receipts?.end();
    await writer?.close();
  }
  return { tally, receipts: await receipts?.end() };
}

async function retry(store: MovieStore, ids: readonly string[]): Promise<readonly Receipt[]> {
  for (const id of ids) {
    const receipt = await store.receipt(id);
    if (receipt === undefined) throw new UsageError(`there is no update ${id}`);
    if (receipt.verdict !== "rejected")
      throw new UsageError(`${id} is not rejected: it is ${receipt.verdict}`);
  }
  return store.retry(ids);
}

function verdictsOf(tally: Tally): string {
  const accepted = tally.objects - tally.count("rejected");
  return `${count(accepted)} taken in, ${count(tally.count("rejected"))} rejected again`;
}

async function* rejectedPages(store: MovieStore, provider?: string) {
  for (let before: number | undefined; ; ) {
    const page = await store.receipts({
      verdict: "rejected",
      limit: PAGE,
      ...(provider === undefined ? {} : { provider }),
      ...(before === undefined ? {} : { before }),
    });
    if (page.length === 0) return;
    yield page;
    before = page.at(-1)?.sequence;
    if (before === undefined) throw new MovieStoreError("corrupt", "a receipt has no sequence");
  }
}

/** All ids first: what is retried leaves the quarantine while it is paged through. */
async function allRejected(store: MovieStore): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of rejectedPages(store)) ids.push(...page.map(({ updateId }) => updateId));
  // In the order in which they came.
  return ids.reverse();
}

function tableOf(receipts: readonly Receipt[]): string {
  const rows = receipts.map(({ updateId, provider, key, rejection }) =>
    [updateId, provider || "-", key, rejection?.code ?? "", rejection?.reason ?? ""].map(harmlessLine),
  );
  return table(["ID", "PROVIDER", "KEY", "CODE", "REASON"], rows);
}

function descriptionOf(receipt: Receipt, sizeBytes: number): string {
  const { rejection } = receipt;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["id", receipt.updateId],
    ["verdict", receipt.verdict],
    ["code", rejection?.code],
    ["reason", rejection?.reason],
    ["field", rejection?.field],
    ["provider", receipt.provider || undefined],
    ["bucket", receipt.bucket],
    ["key", receipt.key],
    ["version", receipt.versionId],
    ["written", new Date(receipt.eventTimeMs).toISOString()],
    ["received", new Date(receipt.receivedAtMs).toISOString()],
    ["bytes", count(sizeBytes)],
  ];
  return lines
    .filter(([, value]) => value !== undefined)
    .map(([name, value = ""]) => `${`${name}:`.padEnd(10)}${harmlessLine(value)}`)
    .join("\n");
}

const SHOWN_CHARACTERS = 20_000;
const SHOWN_BINARY_BYTES = 512;

function shownBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "(no bytes)";
  const text = textOf(bytes);
  if (text === undefined) {
    const rest = bytes.length - SHOWN_BINARY_BYTES;
    return hexDump(bytes.subarray(0, SHOWN_BINARY_BYTES)) + (rest > 0 ? `\n… ${count(rest)} more bytes` : "");
  }
  const rest = text.length - SHOWN_CHARACTERS;
  return harmless(text.slice(0, SHOWN_CHARACTERS)) + (rest > 0 ? `\n… ${count(rest)} more characters` : "");
}

/** `undefined` for what is not UTF-8, or not meant to be read. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const some = Buffer.from(bytes.subarray(at, at + 16));
    const hex = [...some].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const plain = some.toString("latin1").replace(/[^\x20-\x7e]/g, ".");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${hex.padEnd(47)}  ${plain}`);
  }
  return lines.join("\n");
}
