/** Passwords that AWS Secrets Manager keeps, put into the URLs of the servers that they are for. */

import { ConfigError } from "@movie-store/adapters/variables";
import * as z from "zod";

export type Environment = Readonly<Record<string, string | undefined>>;

/** @returns the text of a secret, by its name or its ARN. */
export type ReadSecret = (id: string) => Promise<string>;

interface SecretVariable {
  /** Names the secret. */
  readonly secret: string;
  /** Holds the URL. */
  readonly url: string;
  readonly credentialsOf: (text: string) => { readonly username: string; readonly password: string };
}

const account = z.object({ username: z.string().min(1), password: z.string().min(1) });

const VARIABLES: readonly SecretVariable[] = [
  { secret: "MYSQL_SECRET", url: "MYSQL_URL", credentialsOf: (text) => account.parse(JSON.parse(text)) },
  { secret: "REDIS_SECRET", url: "REDIS_URL", credentialsOf: (password) => ({ username: "", password }) },
];

export const SECRET_VARIABLES: readonly string[] = VARIABLES.map(({ secret }) => secret);

export function namesSecrets(environment: Environment): boolean {
  return SECRET_VARIABLES.some((name) => isGiven(environment[name]));
}

/**
 * The environment with the credentials in its URLs.
 *
 * @throws ConfigError for a variable that names no such secret, or whose URL is missing; and whatever `read` throws.
 */
export async function withSecrets(environment: Environment, read: ReadSecret): Promise<Environment> {
  const urls = await Promise.all(
    VARIABLES.filter(({ secret }) => isGiven(environment[secret])).map(
      async (variable) => [variable.url, await urlOf(variable, environment, read)] as const,
    ),
  );
  return { ...environment, ...Object.fromEntries(urls) };
}

async function urlOf(variable: SecretVariable, environment: Environment, read: ReadSecret): Promise<string> {
  const url = URL.parse(environment[variable.url] ?? "");
  if (url === null)
    throw new ConfigError(variable.secret, `needs ${variable.url}, where its password belongs`);
  const text = await read(environment[variable.secret] as string);
  try {
    Object.assign(url, variable.credentialsOf(text));
  } catch {
    // The cause would have the secret in it.
    throw new ConfigError(variable.secret, "must name a secret that is JSON with username and password");
  }
  return url.href;
}

function isGiven(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
