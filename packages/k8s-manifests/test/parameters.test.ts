/** The outputs of the stack and the image get to where README.md says that they do. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { AWS, all, api, type Manifest, render } from "./manifests.ts";

const kubectl = inject("kubectl");
const PACKAGE = resolve(import.meta.dirname, "..");

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "movie-store-manifests-"));
  for (const folder of ["base", "components", "monitoring", "overlays"]) {
    cpSync(join(PACKAGE, folder), join(copy, folder), { recursive: true });
  }
});

afterEach(() => rmSync(copy, { recursive: true }));

const overlay = (name: string) => join(copy, "overlays", name);

function edit(name: string, file: string, change: (text: string) => string): void {
  const path = join(overlay(name), "parameters", file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

function parametersOf(name: string): readonly (readonly [file: string, key: string])[] {
  const folder = join(overlay(name), "parameters");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".env"))
    .flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/^(\w+)=/gm)].map(
        ([, key]) => [file, key as string] as const,
      ),
    );
}

const configName = (manifests: readonly Manifest[]) =>
  all(manifests, "ConfigMap").find(({ data }) => data?.["LOG_LEVEL"])?.metadata.name;

describe.skipIf(kubectl === undefined)("parameters", () => {
  const rendered = async (name: string) => JSON.stringify(await render(kubectl as string, overlay(name)));

  it.each(AWS)("each one of %s gets into the manifests", async (name) => {
    for (const [file] of parametersOf(name)) {
      edit(name, file, (text) => text.replace(/^(\w+)=.*$/gm, "$1=value-of-$1."));
    }
    const text = await rendered(name);
    for (const [, key] of parametersOf(name)) expect(text).toContain(`value-of-${key}.`);
  });

  it("without one of them nothing is rendered", async () => {
    for (const [file, key] of parametersOf("second-region")) {
      const before = readFileSync(join(overlay("second-region"), "parameters", file), "utf8");
      edit("second-region", file, () => before.replace(new RegExp(`^${key}=.*\n`, "m"), ""));
      await expect(rendered("second-region"), key).rejects.toThrow(key);
      edit("second-region", file, () => before);
    }
  });

  it.each(AWS)("nothing in %s keeps the name of a parameter instead of its value", async (name) => {
    const text = await rendered(name);
    for (const [, key] of parametersOf(name))
      expect(text).not.toMatch(new RegExp(`"${key}"|\\\\"${key}\\\\"`));
  });

  it("outputs that the manifests do not use are passed over", async () => {
    const before = await rendered("production");
    edit("production", "stack.env", (text) => `${text}QueueUrl=https://sqs.example/1/updates?a=b\n`);
    expect(await rendered("production")).toBe(before);
  });

  it("a new image makes new pods, with the configuration that they had", async () => {
    const before = await render(kubectl as string, overlay("production"));
    edit("production", "release.env", () => "Image=registry.example/movie-store@sha256:1\n");
    const after = await render(kubectl as string, overlay("production"));
    expect(api(after).containers[0]?.image).toBe("registry.example/movie-store@sha256:1");
    expect(configName(after)).toBe(configName(before));
  });

  it("a new bucket makes new pods too, as the configuration gets another name", async () => {
    const before = await render(kubectl as string, overlay("production"));
    edit("production", "stack.env", (text) => text.replace(/^BucketName=.*$/m, "BucketName=another"));
    const after = await render(kubectl as string, overlay("production"));
    expect(configName(after)).not.toBe(configName(before));
    expect(api(after).containers[0]?.envFrom?.[0]?.configMapRef?.name).toBe(configName(after));
  });
});

it("README.md has each parameter in its table", () => {
  const readme = readFileSync(join(PACKAGE, "README.md"), "utf8");
  for (const name of AWS) {
    for (const [, key] of parametersOf(name)) {
      if (key !== "Image") expect(readme).toContain(`\`${key}\``);
    }
  }
  expect(readme).toContain("Image=");
});
