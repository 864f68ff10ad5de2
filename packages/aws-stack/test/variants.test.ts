import { expect, test } from "vitest";
import type { Stage } from "../src/stages.ts";
import { methodsOf } from "./promises/edge.ts";
import { listed, one, resources, stageNamed, statements, synthesise, written } from "./synthesised.ts";

// What a stage may ask for besides what ours do.

const staging = stageNamed("staging");
const like = (stage: Stage, changes: Partial<Stage>) => synthesise({ ...stage, ...changes });

test("objects can be locked for a number of days", () => {
  const { data } = like(staging, { objectLockDays: 30 });
  expect(one(data, "S3::Bucket", "BucketObjects")).toMatchObject({
    ObjectLockEnabled: true,
    ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 30 } } },
  });
});

test("the password of the database can change by itself", () => {
  const { data } = like(staging, { database: { ...staging.database, rotationDays: 30 } });
  expect(one(data, "SecretsManager::RotationSchedule")["RotationRules"].ScheduleExpression).toBe(
    "rate(30 days)",
  );
});

test("the function prefers providers as it is told", () => {
  const { service } = like(staging, { providerPriority: ["acme", "bolt"] });
  const { Variables } = one(service, "Lambda::Function", "Ingest")["Environment"];
  expect(Variables.PROVIDER_PRIORITY).toBe("acme,bolt");
});

test("a provider gets a role for its own folders, with the tag by which the bucket holds it to them", () => {
  const provider = { name: "acme", principal: "arn:aws:iam::111122223333:role/films", externalId: "films" };
  const { data } = like(staging, { providers: [provider] });
  const role = one(data, "IAM::Role", "Providersacme");
  expect(role["Tags"]).toContainEqual({ Key: "movie-store-provider", Value: "acme" });
  expect(role["AssumeRolePolicyDocument"].Statement).toEqual([
    {
      Action: "sts:AssumeRole",
      Effect: "Allow",
      Principal: { AWS: provider.principal },
      Condition: { StringEquals: { "sts:ExternalId": "films" } },
    },
  ]);
  const allowed = statements(data, "IAM::Policy", "Providersacme").flatMap(
    ({ Action, Resource, Condition }) =>
      listed(Action).map((action) => [action, written([Resource, Condition])] as const),
  );
  for (const [action, where] of allowed.filter(([each]) => each.startsWith("s3:"))) {
    expect(where).toContain(/Put|Upload/.test(action) ? "/providers/acme/*" : "receipts/acme/*");
  }
  expect(allowed.map(([action]) => action)).toEqual(expect.arrayContaining(["s3:PutObject", "s3:GetObject"]));
});

test.for(["a/b", "*", "", "Acme", "acme?"])("a provider can't be named %j", (name) => {
  const providers = [{ name, principal: "arn:aws:iam::111122223333:root" }];
  expect(() => like(staging, { providers })).toThrow("can't be named");
});

test("new objects are replicated to the region that stands by, encrypted with its key", () => {
  const { data } = like(stageNamed("production"), { replicatesObjects: true });
  const [rule] = one(data, "S3::Bucket", "BucketObjects")["ReplicationConfiguration"].Rules;
  expect(rule.Status).toBe("Enabled");
  expect(rule.Destination.Bucket).toEqual({ Ref: "ReplicaBucketArn" });
  expect(rule.Destination.EncryptionConfiguration.ReplicaKmsKeyID).toEqual({ Ref: "ReplicaKeyArn" });
  expect(rule.SourceSelectionCriteria).toMatchObject({ SseKmsEncryptedObjects: { Status: "Enabled" } });
  expect(Object.keys(data.Parameters ?? {})).toEqual(
    expect.arrayContaining(["ReplicaBucketArn", "ReplicaKeyArn"]),
  );
});

test("production gives the region that stands by its secrets", () => {
  const { data } = synthesise(stageNamed("production"));
  for (const id of ["DatabaseSecret", "Consumerssmoketest"]) {
    expect(one(data, "SecretsManager::Secret", id)["ReplicaRegions"]).toEqual([{ Region: "eu-west-1" }]);
  }
});

test("a region that takes over asks its database by a proxy, takes objects in, and rings", () => {
  const { data, service } = like(stageNamed("second-region"), { role: "active" });
  expect(one(data, "RDS::DBProxy")["RequireTLS"]).toBe(true);
  expect(written(one(data, "RDS::DBProxy")["Auth"])).toContain("PrimaryDatabaseSecretArn");
  // What began as a replica stays one for CloudFormation, which would make a new database otherwise.
  expect(one(data, "RDS::DBInstance")["SourceDBInstanceIdentifier"]).toEqual({ Ref: "PrimaryDatabaseArn" });
  expect(one(data, "S3::Bucket", "BucketObjects")["NotificationConfiguration"]).toBeDefined();
  expect(one(service, "Lambda::EventSourceMapping")["Enabled"]).toBe(true);
  expect(one(service, "CloudWatch::Alarm", "DeadLetters")["Threshold"]).toBe(1);
});

test("a region that stands by knows of which bucket its own is the replica", () => {
  const { service } = synthesise(stageNamed("second-region"));
  const { S3_BUCKET, S3_REPLICA_OF } = one(service, "Lambda::Function", "Ingest")["Environment"].Variables;
  expect(written(S3_BUCKET)).toContain("BucketObjects");
  expect(written(S3_REPLICA_OF)).toContain("PrimaryBucketName");
});

test("with a certificate the gateway reaches the balancer by TLS", () => {
  const certificateArn = "arn:aws:acm:eu-central-1:111122223333:certificate/c";
  const { service } = like(staging, { origin: { certificateArn, hostName: "origin.films.example" } });
  expect(one(service, "ElasticLoadBalancingV2::Listener")).toMatchObject({
    Port: 443,
    Protocol: "TLS",
    Certificates: [{ CertificateArn: certificateArn }],
  });
  expect(one(service, "ElasticLoadBalancingV2::Listener")["SslPolicy"]).toMatch(/TLS13/);
  for (const { path, method } of methodsOf(service)) {
    expect(method["Integration"].Uri).toBe(`https://origin.films.example/v1${path}`);
  }
});

test("workflows deploy a stage from its environment on GitHub alone", () => {
  const { service } = like(staging, { deployedBy: "films/movie-store" });
  const [trust] = one(service, "IAM::Role", "Deployer")["AssumeRolePolicyDocument"].Statement;
  expect(trust.Condition).toEqual({
    StringEquals: {
      "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
      "token.actions.githubusercontent.com:sub": "repo:films/movie-store:environment:staging",
    },
  });
  const actions = statements(service, "IAM::Policy", "Deployer").flatMap(({ Action }) => listed(Action));
  expect(actions.filter((action) => /\*|^iam:|^s3:|^rds:/.test(action))).toEqual([]);
  expect(written(one(service, "EKS::AccessEntry", "Deployer")["AccessPolicies"])).toContain(
    "ClusterAdminPolicy",
  );
  expect(Object.keys(service.Outputs ?? {})).toContain("DeployRoleArn");
});

test("a consumer may have two keys at once, under one name and one plan", () => {
  const [smokeTest] = staging.consumers;
  const { data, service } = like(staging, { consumers: [{ ...smokeTest, keys: ["first", "second"] }] });
  expect(resources(service, "ApiGateway::UsagePlan")).toHaveLength(1);
  expect(resources(service, "ApiGateway::UsagePlanKey")).toHaveLength(2);
  const secrets = resources(data, "SecretsManager::Secret").map(({ Properties }) => Properties["Name"]);
  expect(secrets).toEqual(
    expect.arrayContaining(
      [1, 2].map((at) => `movie-store/staging/consumers/smoke-test/${["", "first", "second"][at]}`),
    ),
  );
  const reference = (label: string) =>
    `{{resolve:secretsmanager:movie-store/staging/consumers/smoke-test/${label}:SecretString:::}}`;
  expect(one(service, "SecretsManager::Secret", "ConsumersAll")["SecretString"]).toBe(
    `smoke-test:${reference("first")},smoke-test:${reference("second")}`,
  );
});

test("people are told of alarms by mail, and may administrate the cluster from the VPC alone", () => {
  const { service } = like(staging, {
    alarmEmails: ["on-call@films.example"],
    clusterAdmins: ["arn:aws:iam::111122223333:role/operators"],
    clusterAccessCidrs: [],
  });
  expect(one(service, "SNS::Subscription")).toMatchObject({
    Protocol: "email",
    Endpoint: "on-call@films.example",
  });
  expect(one(service, "EKS::AccessEntry")["PrincipalArn"]).toBe("arn:aws:iam::111122223333:role/operators");
  expect(one(service, "EKS::Cluster")["ResourcesVpcConfig"]).toMatchObject({
    EndpointPublicAccess: false,
    EndpointPrivateAccess: true,
  });
});
