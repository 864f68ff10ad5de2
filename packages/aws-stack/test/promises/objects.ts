/** The bucket, its queue and its audit. */

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

const bucketOf = ({ data }: Templates) => one(data, "S3::Bucket", "BucketObjects");
const policyOf = ({ data }: Templates) => statements(data, "S3::BucketPolicy", "BucketObjects");
const saying = (templates: Templates, sid: string): Statement => {
  const found = policyOf(templates).find(({ Sid }) => Sid === sid);
  if (found === undefined) throw new Error(`the policy of the bucket does not say ${sid}`);
  return found;
};
const forget = (templates: Templates, isForgotten: (statement: Statement) => boolean) => {
  const document = one(templates.data, "S3::BucketPolicy", "BucketObjects")["PolicyDocument"];
  document.Statement = document.Statement.filter((each: Statement) => !isForgotten(each));
};

export const OBJECTS: readonly Promised[] = [
  {
    name: "the bucket keeps every version of every object",
    holds: (templates) => {
      expect(bucketOf(templates)["VersioningConfiguration"]).toEqual({ Status: "Enabled" });
      const rules: Record<string, unknown>[] = bucketOf(templates)["LifecycleConfiguration"].Rules;
      for (const rule of rules)
        expect(Object.keys(rule).filter((key) => /Expiration|Transition/.test(key))).toEqual([]);
    },
    broken: (templates) => {
      bucketOf(templates)["LifecycleConfiguration"].Rules[0].NoncurrentVersionExpiration = {
        NoncurrentDays: 90,
      };
    },
  },
  {
    name: "nobody deletes an object or a version, or stops that versions are kept",
    holds: (templates) => {
      const [deletes, versions] = [saying(templates, "NobodyDeletes"), saying(templates, "VersionsAreKept")];
      expect(deletes).toMatchObject({ Effect: "Deny", Principal: { AWS: "*" } });
      expect(deletes.Condition).toBeUndefined();
      expect(listed(deletes.Action)).toEqual(
        expect.arrayContaining(["s3:DeleteObject", "s3:DeleteObjectVersion"]),
      );
      expect(versions).toMatchObject({ Effect: "Deny", Principal: { AWS: "*" } });
      expect(listed(versions.Action)).toContain("s3:PutBucketVersioning");
      expect(Object.keys(versions.Condition ?? {})).toEqual(["ArnNotLike"]);
      expect(written(versions.Condition)).toContain(":role/cdk-*-cfn-exec-role-*");
    },
    broken: (templates) => {
      saying(templates, "NobodyDeletes").Action = "s3:DeleteObject";
    },
  },
  {
    name: "the bucket and its policy stay when the stack goes",
    holds: ({ data }) => {
      const kept = ["S3::Bucket", "KMS::Key", "RDS::DBInstance", "SQS::Queue", "ECR::Repository"];
      for (const type of kept) {
        for (const { DeletionPolicy } of resources(data, type)) expect(DeletionPolicy, type).toBe("Retain");
      }
    },
    broken: ({ data }) => {
      for (const queue of resources(data, "SQS::Queue")) queue.DeletionPolicy = "Delete";
    },
  },
  {
    name: "objects are encrypted with a key of ours and of the bucket alone",
    holds: (templates) => {
      const [rule] = bucketOf(templates)["BucketEncryption"].ServerSideEncryptionConfiguration;
      expect(rule.ServerSideEncryptionByDefault.SSEAlgorithm).toBe("aws:kms");
      expect(written(rule)).toContain("KeysObjects");
      expect(saying(templates, "NoOtherKey").Effect).toBe("Deny");
      for (const { Properties } of resources(templates.data, "KMS::Key")) {
        expect(Properties["EnableKeyRotation"]).toBe(true);
      }
    },
    broken: (templates) => forget(templates, ({ Sid }) => Sid === "NoOtherKey"),
  },
  {
    name: "the bucket is reached by TLS 1.2 alone, and never by the public",
    holds: (templates) => {
      const denied = policyOf(templates).filter(
        ({ Effect, Action }) => Effect === "Deny" && Action === "s3:*",
      );
      expect(denied.map(({ Condition }) => Condition)).toEqual([
        { Bool: { "aws:SecureTransport": "false" } },
        { NumericLessThan: { "s3:TlsVersion": 1.2 } },
      ]);
      expect(Object.values(bucketOf(templates)["PublicAccessBlockConfiguration"])).toEqual([
        true,
        true,
        true,
        true,
      ]);
    },
    broken: (templates) => forget(templates, ({ Condition }) => Condition?.["Bool"] !== undefined),
  },
  {
    name: "who has the tag of a provider writes below its own folder, reads its own receipts, and does nothing else",
    holds: (templates) => {
      const tag = "aws:PrincipalTag/movie-store-provider";
      const bounds = policyOf(templates).filter(({ Sid }) => Sid?.startsWith("Providers"));
      for (const { Effect, Principal, Condition } of bounds) {
        expect([Effect, Principal, Condition?.["Null"]]).toEqual(["Deny", { AWS: "*" }, { [tag]: "false" }]);
      }
      const own = (folder: string) => `/${folder}/\${${tag}}/*`;
      const besides = saying(templates, "ProvidersWriteAndRead");
      const allowed = listed(besides.NotAction);
      expect(allowed.filter((action) => /Delete|Acl|Policy|\*/.test(action))).toEqual([]);
      const write = saying(templates, "ProvidersWriteTheirOwn");
      expect(listed(write.Action)).toContain("s3:PutObject");
      expect(written(write.NotResource)).toContain(own("providers"));
      const read = saying(templates, "ProvidersReadTheirReceipts");
      expect(listed(read.Action)).toEqual(["s3:GetObject", "s3:GetObjectVersion"]);
      expect(written(read.NotResource)).toContain(own("receipts"));
      const list = saying(templates, "ProvidersListTheirReceipts");
      expect(list.Condition?.["StringNotLike"]).toEqual({ "s3:prefix": own("receipts").slice(1) });
      const bounded = [write, read, list].flatMap(({ Action }) => listed(Action));
      expect(new Set(bounded)).toEqual(new Set(allowed));
    },
    broken: (templates) => {
      const write = saying(templates, "ProvidersWriteTheirOwn");
      write.NotResource = JSON.parse(written(write.NotResource).replace("/providers/", "/"));
    },
  },
  {
    name: "an active stage tells its queue of what comes below providers/, and of nothing else",
    holds: (templates, { role }) => {
      const { NotificationConfiguration: told } = bucketOf(templates);
      if (role === "passive") return expect(told).toBeUndefined();
      const [only, ...more] = told.QueueConfigurations;
      expect(more).toEqual([]);
      expect(only.Event).toBe("s3:ObjectCreated:*");
      expect(only.Filter.S3Key.Rules).toEqual([{ Name: "prefix", Value: "providers/" }]);
      expect(written(only.Queue)).toContain("QueueUpdates");
      const [send] = statements(templates.data, "SQS::QueuePolicy", "QueueUpdates").filter(
        ({ Effect }) => Effect === "Allow",
      );
      expect(send?.Condition).toEqual({ StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } });
    },
    broken: (templates) => {
      bucketOf(templates)["NotificationConfiguration"].QueueConfigurations[0].Filter.S3Key.Rules = [];
    },
  },
  {
    name: "a message is tried five times, six times the function's time apart, and is then kept for 14 days",
    holds: ({ data, service }) => {
      const queue = one(data, "SQS::Queue", "QueueUpdates");
      const dead = one(data, "SQS::Queue", "QueueDeadLetters");
      const { Timeout } = one(service, "Lambda::Function", "Ingest");
      expect(queue["RedrivePolicy"].maxReceiveCount).toBe(5);
      expect(written(queue["RedrivePolicy"].deadLetterTargetArn)).toContain("QueueDeadLetters");
      expect(queue["VisibilityTimeout"]).toBeGreaterThanOrEqual(6 * Timeout);
      expect(dead["MessageRetentionPeriod"]).toBe(14 * 24 * 3_600);
    },
    broken: ({ service }) => {
      one(service, "Lambda::Function", "Ingest")["Timeout"] = 61;
    },
  },
  {
    name: "the queues are encrypted and reached by TLS alone",
    holds: ({ data }) => {
      for (const name of ["QueueUpdates", "QueueDeadLetters"]) {
        expect(written(one(data, "SQS::Queue", name)["KmsMasterKeyId"])).toContain("KeysStore");
        const denied = statements(data, "SQS::QueuePolicy", name).filter(({ Effect }) => Effect === "Deny");
        expect(denied.map(({ Condition }) => Condition)).toEqual([
          { Bool: { "aws:SecureTransport": "false" } },
        ]);
      }
    },
    broken: ({ data }) => {
      delete one(data, "SQS::Queue", "QueueDeadLetters")["KmsMasterKeyId"];
    },
  },
  {
    name: "every access to an object is in the audit trail, whose files show if they were changed",
    holds: ({ data }) => {
      const trail = one(data, "CloudTrail::Trail");
      expect(trail).toMatchObject({ EnableLogFileValidation: true, IsLogging: true });
      const [selector] = trail["EventSelectors"].filter((each: object) => "DataResources" in each);
      expect(selector).toMatchObject({ ReadWriteType: "All", DataResources: [{ Type: "AWS::S3::Object" }] });
      expect(written(selector.DataResources)).toContain("BucketObjects");
    },
    broken: ({ data }) => {
      for (const selector of one(data, "CloudTrail::Trail")["EventSelectors"])
        selector.ReadWriteType = "WriteOnly";
    },
  },
];
