/** The cluster, and alarms. */

import { expect } from "vitest";
import { one, resources, type Templates, written } from "../synthesised.ts";
import type { Promised } from "./promise.ts";

const clusterOf = ({ service }: Templates) => one(service, "EKS::Cluster");

export const CLUSTER: readonly Promised[] = [
  {
    name: "the cluster has nodes in three zones, and Kubernetes' secrets are encrypted with our key",
    holds: ({ service, ...rest }) => {
      const templates = { service, ...rest };
      const nodes = one(service, "EKS::Nodegroup");
      expect(nodes["Subnets"]).toHaveLength(3);
      expect(nodes["ScalingConfig"].MinSize).toBeGreaterThanOrEqual(3);
      expect(written(clusterOf(templates)["EncryptionConfig"])).toContain("KeysStore");
      expect(clusterOf(templates)["Logging"].ClusterLogging.EnabledTypes).toHaveLength(5);
    },
    broken: ({ service }) => {
      one(service, "EKS::Nodegroup")["Subnets"].pop();
    },
  },
  {
    name: "who is let into the cluster is said by access entries alone",
    holds: (templates) => {
      expect(clusterOf(templates)["AccessConfig"]).toEqual({
        AuthenticationMode: "API",
        BootstrapClusterCreatorAdminPermissions: false,
      });
    },
    broken: (templates) => {
      clusterOf(templates)["AccessConfig"].AuthenticationMode = "API_AND_CONFIG_MAP";
    },
  },
  {
    name: "network policies are enforced, and pods get their roles by pod identity, not from their node",
    holds: ({ service }) => {
      const addons = Object.fromEntries(
        resources(service, "EKS::Addon").map(({ Properties }) => [Properties["AddonName"], Properties]),
      );
      expect(JSON.parse(addons["vpc-cni"]?.["ConfigurationValues"])).toEqual({ enableNetworkPolicy: "true" });
      expect(Object.keys(addons)).toEqual(
        expect.arrayContaining(["eks-pod-identity-agent", "metrics-server"]),
      );
      const { MetadataOptions, BlockDeviceMappings } = one(service, "EC2::LaunchTemplate")[
        "LaunchTemplateData"
      ];
      expect(MetadataOptions).toEqual({ HttpTokens: "required", HttpPutResponseHopLimit: 1 });
      expect(BlockDeviceMappings[0].Ebs.Encrypted).toBe(true);
    },
    broken: ({ service }) => {
      one(service, "EC2::LaunchTemplate")["LaunchTemplateData"].MetadataOptions.HttpPutResponseHopLimit = 2;
    },
  },
  {
    name: "somebody is told of each alarm, by an encrypted topic",
    holds: ({ service }, { role }) => {
      const alarms = resources(service, "CloudWatch::Alarm");
      const names = alarms.map(({ Properties }) => Properties["AlarmName"].split("-").at(-1));
      const expected = [
        ...(role === "active"
          ? [
              "ApiFailures",
              "ApiSlow",
              "DeadLetters",
              "IngestErrors",
              "IngestThrottles",
              "PodsMissing",
              "UpdatesWait",
            ]
          : []),
        ...["CacheCpu", "CacheMemory", "DatabaseCpu", "DatabaseMemory", "DatabaseStorage"],
      ];
      expect(names).toEqual(expect.arrayContaining(expected));
      for (const { Properties } of alarms) {
        expect(written(Properties["AlarmActions"]), Properties["AlarmName"]).toContain("AlarmsTopic");
        expect(Properties["AlarmDescription"]).toMatch(/\.$/);
      }
      expect(written(one(service, "SNS::Topic")["KmsMasterKeyId"])).toContain("KeysStore");
    },
    broken: ({ service }) => {
      delete one(service, "CloudWatch::Alarm", "DeadLetters")["AlarmActions"];
    },
  },
  {
    name: "one message in the dead-letter queue rings",
    holds: ({ service }, { role }) => {
      if (role === "passive") return;
      expect(one(service, "CloudWatch::Alarm", "DeadLetters")).toMatchObject({
        MetricName: "ApproximateNumberOfMessagesVisible",
        Threshold: 1,
        EvaluationPeriods: 1,
        Statistic: "Maximum",
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
      });
    },
    broken: ({ service }) => {
      one(service, "CloudWatch::Alarm", "DeadLetters")["Threshold"] = 10;
    },
  },
];
