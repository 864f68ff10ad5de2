/** The function, and what pods may do. */

import { expect } from "vitest";
import {
  listed,
  one,
  resources,
  type Statement,
  statements,
  type Templates,
  written,
} from "../synthesised.ts";
import type { Promised } from "./promise.ts";

const functionOf = ({ service }: Templates) => one(service, "Lambda::Function", "Ingest");
const mappingOf = ({ service }: Templates) => one(service, "Lambda::EventSourceMapping");

/** What the policies of a role allow, each action with the text of its resource. */
function allowedTo(
  { service }: Templates,
  role: string,
): readonly (readonly [action: string, resource: string])[] {
  return statements(service, "IAM::Policy", role).flatMap(({ Action, Resource }) =>
    listed(Action).map((action) => [action, written(Resource)] as const),
  );
}

function addStatement({ service }: Templates, role: string, statement: Statement): void {
  one(service, "IAM::Policy", role)["PolicyDocument"].Statement.push(statement);
}

export const COMPUTE: readonly Promised[] = [
  {
    name: "the function is called with batches, answers for each message, and never runs more often at once than told",
    holds: (templates, { role, ingest }) => {
      expect(mappingOf(templates)).toMatchObject({
        Enabled: role === "active",
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
        ScalingConfig: { MaximumConcurrency: ingest.maxConcurrency },
      });
      expect(written(mappingOf(templates)["EventSourceArn"])).toContain("QueueUpdates");
    },
    broken: (templates) => {
      delete mappingOf(templates)["FunctionResponseTypes"];
    },
  },
  {
    name: "the function runs on Node 24 and ARM within the VPC",
    holds: (templates) => {
      const { Runtime, Architectures, Handler, VpcConfig } = functionOf(templates);
      expect([Runtime, Architectures, Handler]).toEqual(["nodejs24.x", ["arm64"], "handler.handler"]);
      expect(written(VpcConfig.SubnetIds)).toContain("privateSubnet3");
    },
    broken: (templates) => {
      delete functionOf(templates)["VpcConfig"];
    },
  },
  {
    name: "no password is in the settings of the function, and its ways to database and cache are encrypted",
    holds: (templates) => {
      const { MYSQL_URL, REDIS_URL, ...others } = functionOf(templates)["Environment"].Variables;
      expect(written(MYSQL_URL)).toContain("?tls=amazon-rds");
      expect(written(REDIS_URL)).toContain("rediss://");
      expect(written([MYSQL_URL, REDIS_URL])).not.toMatch(/@|resolve:/);
      expect(written(others)).not.toContain("resolve:");
    },
    broken: (templates) => {
      functionOf(templates)["Environment"].Variables.REDIS_URL =
        "rediss://:{{resolve:secretsmanager:token}}@cache";
    },
  },
  {
    name: "the function reads updates, writes receipts, and may do nothing else to an object",
    holds: (templates) => {
      const s3 = allowedTo(templates, "IngestRole").filter(([action]) => action.startsWith("s3:"));
      for (const [action, resource] of s3) {
        expect(action).toMatch(/^s3:(GetObject|GetObjectVersion|PutObject|ListBucket)$/);
        if (action === "s3:PutObject") expect(resource).toContain("/receipts/*");
      }
      expect(s3.map(([action]) => action)).toContain("s3:ListBucket");
      for (const [action] of allowedTo(templates, "IngestRole")) expect(action).not.toContain("*");
    },
    broken: (templates) => {
      addStatement(templates, "IngestRole", {
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: "/providers/*",
      });
    },
  },
  {
    name: "pods of the API may do nothing on AWS, and those of the reconciliation what the function does",
    holds: (templates) => {
      const policies = resources(templates.service, "IAM::Policy").map(({ Properties }) =>
        written(Properties["Roles"]),
      );
      expect(policies.filter((roles) => roles.includes("PodsApiRole"))).toEqual([]);
      const s3 = allowedTo(templates, "ReconcileRole").filter(([action]) => action.startsWith("s3:"));
      const writes = s3.filter(([action]) => action === "s3:PutObject");
      expect(writes.map(([, resource]) => resource)).toEqual([expect.stringContaining("/receipts/*")]);
      expect(s3.map(([action]) => action)).toEqual(
        expect.arrayContaining(["s3:ListBucketVersions", "s3:GetObjectVersion"]),
      );
      expect(s3.filter(([action]) => /Delete|\*/.test(action))).toEqual([]);
    },
    broken: (templates) => {
      addStatement(templates, "ReconcileRole", {
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: "/providers/*",
      });
    },
  },
  {
    name: "each role of pods belongs to one service account",
    holds: ({ service }) => {
      const accounts = resources(service, "EKS::PodIdentityAssociation").map(
        ({ Properties: { Namespace, ServiceAccount } }) => `${Namespace}/${ServiceAccount}`,
      );
      expect(accounts.sort()).toEqual([
        "external-secrets/external-secrets",
        "kube-system/aws-load-balancer-controller",
        "movie-store/movie-store",
        "movie-store/movie-store-reconcile",
      ]);
    },
    broken: ({ service }) => {
      one(service, "EKS::PodIdentityAssociation", "Reconcile")["ServiceAccount"] = "default";
    },
  },
  {
    name: "External Secrets reads the three secrets and no other",
    holds: (templates) => {
      const [secrets, ...more] = statements(templates.service, "IAM::Policy", "ExternalSecretsRole").filter(
        ({ Action }) => written(Action).includes("secretsmanager:"),
      );
      expect(more).toEqual([]);
      expect(secrets?.Resource).toHaveLength(3);
      expect(written(secrets?.Resource)).not.toContain("*");
    },
    broken: (templates) => {
      addStatement(templates, "ExternalSecretsRole", {
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: "*",
      });
    },
  },
  {
    name: "the controller of the balancer changes the one target group and nothing else",
    holds: (templates) => {
      const changes = allowedTo(templates, "LoadBalancerControllerRole").filter(
        ([action]) => !/:Describe/.test(action),
      );
      for (const [action, resource] of changes) {
        expect(action).toMatch(/^elasticloadbalancing:(Register|Deregister)Targets$/);
        expect(resource).toContain("BalancerPods");
      }
    },
    broken: (templates) => {
      addStatement(templates, "LoadBalancerControllerRole", {
        Effect: "Allow",
        Action: "ec2:AuthorizeSecurityGroupIngress",
        Resource: "*",
      });
    },
  },
];
