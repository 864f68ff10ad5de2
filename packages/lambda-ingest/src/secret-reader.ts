/** Reads secrets from AWS Secrets Manager, with the credentials and in the region that every AWS client finds. */

import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ConfigError } from "@movie-store/adapters/variables";
import type { ReadSecret } from "./secrets.ts";

export function secretReader(client = new SecretsManagerClient()): ReadSecret {
  return async (id) => {
    const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (text === undefined) throw new ConfigError(id, "is a secret of bytes, not of text");
    return text;
  };
}
