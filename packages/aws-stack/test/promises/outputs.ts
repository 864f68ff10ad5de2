/** What others get to know. */

import { expect } from "vitest";
import type { Promised } from "./promise.ts";

const OUTPUTS = [
  "ApiKeysSecretArn",
  "ApiRoleArn",
  "ApiUrl",
  "BucketName",
  "ClusterName",
  "DatabaseProxyEndpoint",
  "DatabaseReadEndpoint",
  "DatabaseSecretArn",
  "ImageRepositoryUri",
  "QueueUrl",
  "ReconcileRoleArn",
  "RedisEndpoint",
  "RedisSecretArn",
  "Region",
  "TargetGroupArn",
  "VpcCidr",
] as const;

export const TOLD: readonly Promised[] = [
  {
    name: "the stacks tell what the manifests, the runbook and the workflows ask for",
    holds: ({ service }) => {
      expect(Object.keys(service.Outputs ?? {})).toEqual(expect.arrayContaining([...OUTPUTS]));
    },
    broken: ({ service }) => {
      delete (service.Outputs as Record<string, unknown>)["TargetGroupArn"];
    },
  },
];
