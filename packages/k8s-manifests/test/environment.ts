/** The environment that a container finds, as Kubernetes and External Secrets put it together. */

import { all, type Container, type Manifest } from "./manifests.ts";

/** What the secrets of the providers hold, with what would break a URL that it is put into as it is. */
export const SECRETS: Readonly<Record<string, string>> = {
  user: "movie_store",
  password: "p+q /r@s:%t",
  token: "a+b=/c",
  keys: "web:0123456789abcdef,smoke-test:fedcba9876543210",
};

export class MissingError extends Error {}

/** @throws MissingError for a ConfigMap, a Secret or a key of one that nobody makes. */
export function environmentOf(
  manifests: readonly Manifest[],
  container: Container,
): Readonly<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef !== undefined) Object.assign(environment, configMap(manifests, configMapRef.name));
    if (secretRef !== undefined) Object.assign(environment, secret(manifests, secretRef.name));
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {};
    if (configMapKeyRef !== undefined) {
      environment[name] = valueAt(configMap(manifests, configMapKeyRef.name), configMapKeyRef.key);
    } else if (secretKeyRef !== undefined) {
      environment[name] = valueAt(secret(manifests, secretKeyRef.name), secretKeyRef.key);
    } else environment[name] = value ?? "";
  }
  return environment;
}

function configMap(
  manifests: readonly Manifest[],
  name: string | undefined,
): Readonly<Record<string, string>> {
  const found = all(manifests, "ConfigMap").find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new MissingError(`there is no ConfigMap ${name}`);
  return (found.data ?? {}) as Readonly<Record<string, string>>;
}

function secret(manifests: readonly Manifest[], name: string | undefined): Readonly<Record<string, string>> {
  const made = all(manifests, "Secret").find(({ metadata }) => metadata.name === name);
  if (made !== undefined) {
    return mapValues(made.data ?? {}, (value) => Buffer.from(String(value), "base64").toString());
  }
  const { target, data = [] } =
    all(manifests, "ExternalSecret").find(({ spec }) => spec.target?.name === name)?.spec ?? {};
  if (target === undefined) throw new MissingError(`there is no Secret ${name}`);
  const known = Object.fromEntries(data.map(({ secretKey }) => [secretKey, SECRETS[secretKey] ?? ""]));
  return mapValues(target.template?.data ?? {}, (template) => filledIn(template, known));
}

/** As far as the templates here go: a text, or a value and the functions that it goes through. */
function filledIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(.*?)\}\}/g, (_, pipeline: string) => {
    const [source = "", ...functions] = pipeline.split("|").map((step) => step.trim());
    const text = /^"([^"]*)"$/.exec(source)?.[1] ?? valueAt(values, source.slice(1));
    return functions.reduce(applied, text);
  });
}

function applied(text: string, call: string): string {
  if (call === "urlquery") return encodeURIComponent(text).replaceAll("%20", "+");
  const [, from, to] = /^replace `([^`]*)` `([^`]*)`$/.exec(call) ?? [];
  if (from === undefined || to === undefined) throw new Error(`${call} is not understood`);
  return text.replaceAll(from, to);
}

function valueAt(values: Readonly<Record<string, string>>, key: string): string {
  const value = values[key];
  if (value === undefined)
    throw new MissingError(`there is no ${key} among ${Object.keys(values).join(", ")}`);
  return value;
}

function mapValues(
  values: Readonly<Record<string, unknown>>,
  map: (value: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(String(value))]));
}
