/** Database and cache. */

import { expect } from "vitest";
import { one, resources, type Templates, written } from "../synthesised.ts";
import type { Promised } from "./promise.ts";

const GIB = 1_024 ** 3;
const databaseOf = ({ data }: Templates) => one(data, "RDS::DBInstance", "DatabaseInstance");
const parametersOf = ({ data }: Templates) => one(data, "RDS::DBParameterGroup")["Parameters"];
const cacheOf = ({ data }: Templates) => one(data, "ElastiCache::ReplicationGroup");

export const STORES: readonly Promised[] = [
  {
    name: "the database is in two zones, kept for 35 days, and neither public nor deleted by accident",
    holds: (templates) => {
      expect(databaseOf(templates)).toMatchObject({
        MultiAZ: true,
        BackupRetentionPeriod: 35,
        DeletionProtection: true,
        PubliclyAccessible: false,
        EnablePerformanceInsights: true,
      });
      expect(written(databaseOf(templates)["KmsKeyId"])).toContain("KeysStore");
    },
    broken: (templates) => {
      databaseOf(templates)["MultiAZ"] = false;
    },
  },
  {
    name: "a database of its own is MySQL 8.4, encrypted; one that stands by is a replica of the primary",
    holds: (templates, { standbyFor }) => {
      const database = databaseOf(templates);
      if (standbyFor !== undefined) {
        expect(database["SourceDBInstanceIdentifier"]).toEqual({ Ref: "PrimaryDatabaseArn" });
        return;
      }
      expect(database).toMatchObject({ Engine: "mysql", StorageEncrypted: true, DBName: "movie_store" });
      expect(database["EngineVersion"]).toMatch(/^8\.4\./);
    },
    broken: (templates) => {
      databaseOf(templates)["StorageEncrypted"] = false;
    },
  },
  {
    name: "the database takes connections by TLS alone",
    holds: (templates) => {
      expect(parametersOf(templates)).toMatchObject({
        require_secure_transport: "1",
        tls_version: "TLSv1.2,TLSv1.3",
        local_infile: "0",
      });
      expect(databaseOf(templates)["DBParameterGroupName"]).toEqual({
        Ref: expect.stringContaining("Parameters"),
      });
    },
    broken: (templates) => {
      parametersOf(templates).require_secure_transport = "0";
    },
  },
  {
    name: "a commit that was answered is on the disk, and in a log of rows that replicas follow",
    holds: (templates) => {
      expect(parametersOf(templates)).toMatchObject({
        innodb_flush_log_at_trx_commit: "1",
        sync_binlog: "1",
        binlog_format: "ROW",
        "gtid-mode": "ON",
        enforce_gtid_consistency: "ON",
      });
    },
    broken: (templates) => {
      parametersOf(templates).innodb_flush_log_at_trx_commit = "2";
    },
  },
  {
    name: "buffer pool and redo log are as large as docs/databases.md asks, and a packet holds a large batch",
    holds: (templates, { database }) => {
      const parameters = parametersOf(templates);
      expect(parameters.innodb_buffer_pool_size).toBe("{DBInstanceClassMemory*3/4}");
      expect(Number(parameters.innodb_redo_log_capacity)).toBe(database.redoLogGib * GIB);
      expect(Number(parameters.max_allowed_packet)).toBeGreaterThanOrEqual(64 * 1_024 ** 2);
      expect(parameters.character_set_server).toBe("utf8mb4");
    },
    broken: (templates) => {
      parametersOf(templates).innodb_redo_log_capacity = String(GIB / 10);
    },
  },
  {
    name: "an active stage asks its database through a proxy that takes TLS alone",
    holds: ({ data }, { role }) => {
      if (role === "passive") return expect(resources(data, "RDS::DBProxy")).toEqual([]);
      const proxy = one(data, "RDS::DBProxy");
      expect(proxy["RequireTLS"]).toBe(true);
      expect(written(proxy["Auth"])).toContain("DatabaseSecret");
    },
    broken: ({ data }) => {
      one(data, "RDS::DBProxy")["RequireTLS"] = false;
    },
  },
  {
    name: "the password of the database can be changed by command, and can stand in a URL as it is",
    holds: ({ data }, { standbyFor }) => {
      if (standbyFor !== undefined) return;
      const { RotationLambdaARN, RotationRules } = one(data, "SecretsManager::RotationSchedule");
      expect(written(RotationLambdaARN)).toContain("RotationSingleUser");
      expect(RotationRules).toBeUndefined();
      const secret = one(data, "SecretsManager::Secret", "DatabaseSecret")["GenerateSecretString"];
      const rotation = one(data, "Serverless::Application", "Rotation")["Parameters"];
      for (const excluded of [secret.ExcludeCharacters, rotation.excludeCharacters]) {
        const left = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter(
          (character) => !excluded.includes(character),
        );
        expect(left.join("")).toBe(encodeURIComponent(left.join("")));
      }
    },
    broken: ({ data }) => {
      const rotation = one(data, "Serverless::Application", "Rotation")["Parameters"];
      rotation.excludeCharacters = rotation.excludeCharacters.replace("@", "");
    },
  },
  {
    name: "the cache has replicas in other zones, and fails over by itself, without cluster mode",
    holds: (templates, { availabilityZones, cache }) => {
      expect(cacheOf(templates)).toMatchObject({
        Engine: "valkey",
        ClusterMode: "disabled",
        MultiAZEnabled: true,
        AutomaticFailoverEnabled: true,
        NumCacheClusters: cache.nodes,
        PreferredCacheClusterAZs: availabilityZones.slice(0, cache.nodes),
      });
    },
    broken: (templates) => {
      cacheOf(templates)["ClusterMode"] = "enabled";
    },
  },
  {
    name: "the cache is encrypted on the disk and on the way, and asks for a token that the template does not have",
    holds: (templates) => {
      const cache = cacheOf(templates);
      expect(cache).toMatchObject({
        AtRestEncryptionEnabled: true,
        TransitEncryptionEnabled: true,
        TransitEncryptionMode: "required",
      });
      expect(written(cache["AuthToken"])).toMatch(/resolve:secretsmanager:.*CacheToken/);
    },
    broken: (templates) => {
      cacheOf(templates)["AuthToken"] = "a token";
    },
  },
  {
    name: "the cache forgets what was not used for longest, and with two replicas refuses writes that none gets",
    holds: ({ data }, { cache }) => {
      expect(one(data, "ElastiCache::ParameterGroup")["Properties"]).toEqual({
        "maxmemory-policy": "allkeys-lru",
        "min-replicas-to-write": cache.nodes === 3 ? "1" : "0",
      });
    },
    broken: ({ data }) => {
      one(data, "ElastiCache::ParameterGroup")["Properties"]["maxmemory-policy"] = "noeviction";
    },
  },
];
