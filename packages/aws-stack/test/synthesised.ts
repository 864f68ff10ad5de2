/** The templates of a stage, as CloudFormation gets them. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Code } from "aws-cdk-lib/aws-lambda";
import { STAGES, type Stage } from "../src/stages.ts";
import { storeApp } from "../src/store-app.ts";

export interface Resource {
  readonly Type: string;
  // A test may break a promise by changing what the resource says.
  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of each type of resource.
  readonly Properties: Record<string, any>;
  DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Templates {
  readonly data: Template;
  readonly service: Template;
}

/** The bundle of the function is not of interest here. */
export const ingestCode = () => Code.fromInline("export const handler = () => {};");

export function synthesise(stage: Stage): Templates {
  return inFolder((outdir) => {
    const assembly = storeApp({ stages: [stage], ingestCode, app: { outdir } }).synth();
    const template = (part: string): Template =>
      assembly.getStackByName(`movie-store-${stage.name}-${part}`).template;
    return { data: template("data"), service: template("service") };
  });
}

/** What the work comes to, with a folder that is there for so long. */
export function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "movie-store-stacks-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function stageNamed(name: string): Stage {
  const stage = STAGES.find((each) => each.name === name);
  if (stage === undefined) throw new Error(`there is no stage ${name}`);
  return stage;
}

export function resources(template: Template, type: string): Resource[] {
  return Object.values(template.Resources).filter(({ Type }) => Type === `AWS::${type}`);
}

/** The properties of the only resource of a type whose id contains a text. */
export function one(template: Template, type: string, id = ""): Resource["Properties"] {
  const found = Object.entries(template.Resources).filter(
    ([name, { Type }]) => Type === `AWS::${type}` && name.includes(id),
  );
  const [only, ...more] = found;
  if (only === undefined || more.length > 0) throw new Error(`${found.length} resources ${type} ${id}`);
  return only[1].Properties;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  Action?: string | string[];
  readonly NotAction?: string | string[];
  Resource?: unknown;
  NotResource?: unknown;
  readonly Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** Of the policies that belong to a role, or of one resource. */
export function statements(template: Template, type: string, id: string): Statement[] {
  return one(template, type, id)["PolicyDocument"].Statement;
}

export function listed(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}

/** A reference and what is around it, in one text to look for something in. */
export function written(value: unknown): string {
  return JSON.stringify(value);
}
