/** Network, logs, keys, images. */

import { expect } from "vitest";
import { one, resources, written } from "../synthesised.ts";
import type { Promised } from "./promise.ts";

export const SURROUNDINGS: readonly Promised[] = [
  {
    name: "three zones have a network each, and database and cache have no way to the internet",
    holds: ({ data }, { availabilityZones }) => {
      const zones = (kind: string) =>
        resources(data, "EC2::Subnet")
          .filter(({ Properties }) => written(Properties["Tags"]).includes(`"${kind}"`))
          .map(({ Properties }) => Properties["AvailabilityZone"]);
      for (const kind of ["public", "private", "isolated"])
        expect(zones(kind)).toEqual([...availabilityZones]);
      for (const type of ["RDS::DBSubnetGroup", "ElastiCache::SubnetGroup"]) {
        for (const { Properties } of resources(data, type)) {
          const ids: { readonly Ref: string }[] = Properties["SubnetIds"];
          expect(ids.map(({ Ref }) => Ref.includes("isolated"))).toEqual([true, true, true]);
        }
      }
      const ways = Object.entries(data.Resources).filter(
        ([id, { Type }]) => Type === "AWS::EC2::Route" && id.includes("isolated"),
      );
      expect(ways).toEqual([]);
    },
    broken: ({ data }) => {
      const [subnet] = resources(data, "EC2::Subnet");
      if (subnet !== undefined) subnet.Properties["AvailabilityZone"] = "eu-central-1c";
    },
  },
  {
    name: "database and cache are asked by the function, the pods and the proxy alone",
    holds: ({ data, service }) => {
      const rules = [data, service].flatMap((template) => resources(template, "EC2::SecurityGroupIngress"));
      const to = (group: string) =>
        rules
          .filter(({ Properties }) => written(Properties["GroupId"]).includes(group))
          .map(({ Properties }) => Properties);
      for (const [group, port] of [
        ["DatabaseGroup", 3306],
        ["CacheGroup", 6379],
      ] as const) {
        expect(to(group).length, group).toBeGreaterThanOrEqual(2);
        for (const { CidrIp, SourceSecurityGroupId, FromPort } of to(group)) {
          expect(CidrIp).toBeUndefined();
          expect(written(SourceSecurityGroupId)).toMatch(
            /IngestGroup|ClusterSecurityGroup|RotationGroup|DatabaseGroup/,
          );
          if (typeof FromPort === "number") expect(FromPort).toBe(port);
        }
      }
      for (const { Properties } of resources(data, "EC2::SecurityGroup")) {
        expect(Properties["SecurityGroupIngress"], Properties["GroupDescription"]).toBeUndefined();
        const open = (Properties["SecurityGroupEgress"] ?? [{ IpProtocol: "-1" }]).filter(
          ({ IpProtocol }: { readonly IpProtocol: string }) => IpProtocol === "-1",
        );
        expect(open, Properties["GroupDescription"]).toEqual([]);
      }
    },
    broken: ({ service }) => {
      const rule = one(service, "EC2::SecurityGroupIngress", "ClusterToCache");
      delete rule["SourceSecurityGroupId"];
      rule["CidrIp"] = "0.0.0.0/0";
    },
  },
  {
    name: "logs end after 90 days and are encrypted with the key of the store",
    holds: ({ data, service }) => {
      for (const { Properties } of [data, service].flatMap((template) =>
        resources(template, "Logs::LogGroup"),
      )) {
        expect(Properties["RetentionInDays"]).toBe(90);
        expect(written(Properties["KmsKeyId"])).toContain("KeysStore");
      }
      expect(one(service, "ApiGateway::Stage")["AccessLogSetting"]).toBeDefined();
    },
    broken: ({ service }) => {
      delete one(service, "Logs::LogGroup", "Gateway")["RetentionInDays"];
    },
  },
  {
    name: "what has a tag is an image that is scanned, and stays what it is",
    holds: ({ data }) => {
      expect(one(data, "ECR::Repository")).toMatchObject({
        ImageTagMutability: "IMMUTABLE",
        ImageScanningConfiguration: { ScanOnPush: true },
      });
    },
    broken: ({ data }) => {
      one(data, "ECR::Repository")["ImageTagMutability"] = "MUTABLE";
    },
  },
  {
    name: "keys are used by this account alone, and by services on its behalf",
    holds: ({ data }) => {
      for (const id of ["KeysObjects", "KeysStore"]) {
        const document = one(data, "KMS::Key", id)["KeyPolicy"];
        for (const { Principal, Condition } of document.Statement) {
          if (Principal.Service !== undefined) {
            expect(written(Condition), Principal.Service).toContain('"AWS::AccountId"');
          } else {
            expect(written(Principal)).toMatch(/AWS::AccountId|Fn::GetAtt/);
          }
        }
      }
    },
    broken: ({ data }) => {
      for (const statement of one(data, "KMS::Key", "KeysStore")["KeyPolicy"].Statement)
        delete statement.Condition;
    },
  },
];
