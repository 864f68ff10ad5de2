/** What differs between the stages. Whoever runs Movie Store edits the second half of this file and nothing else. */

export interface Stage {
  readonly name: string;
  readonly region: string;
  /** Three of them. They are named, so that a template does not depend on the account that it is made in. */
  readonly availabilityZones: readonly [string, string, string];
  /** Of the VPC; those of stages that are ever to be joined must not overlap. */
  readonly cidr: string;
  readonly natGateways: 1 | 3;
  /**
   * `active` takes in what its bucket gets, by a database of its own. `passive` stands by in another region: its
   * database is a replica, its bucket gets the objects of another by replication, and nothing is taken in. It becomes
   * `active` when it takes over.
   */
  readonly role: "active" | "passive";
  /**
   * The stage that this one stands by for: its database begins as a replica of that one's, and consumers have the same
   * keys. It stays so when this stage has taken over.
   */
  readonly standbyFor?: string;
  /** The region that stands by for this one: secrets are replicated there. */
  readonly standbyRegion?: string;
  /** Whether new objects are replicated to the bucket there, which has to exist. */
  readonly replicatesObjects: boolean;
  /** Days in which no version of an object can be deleted, by anyone with rights less than governance; none: no lock. */
  readonly objectLockDays?: number;
  readonly database: DatabaseSize;
  readonly cache: CacheSize;
  readonly nodes: NodeSize;
  readonly ingest: IngestSize;
  readonly gateway: GatewaySize;
  readonly providers: readonly Provider[];
  /** First wins. It has to be the PROVIDER_PRIORITY of the overlay. */
  readonly providerPriority: readonly string[];
  readonly consumers: readonly [Consumer, ...Consumer[]];
  /** Who is told of alarms. */
  readonly alarmEmails: readonly string[];
  /** ARNs of roles that administrate the cluster with kubectl. */
  readonly clusterAdmins: readonly string[];
  /** From where the API of the cluster may be asked, besides the VPC. Each request still needs an IAM identity. */
  readonly clusterAccessCidrs: readonly string[];
  /** The GitHub repository, `owner/name`, whose workflows deploy this stage from an environment of its name. */
  readonly deployedBy?: string;
  /** TLS between the gateway and the balancer: a certificate of ACM in this region, and the name that it is for. */
  readonly origin?: { readonly certificateArn: string; readonly hostName: string };
}

export interface DatabaseSize {
  /** Such as `r8g.large`. A million films want 4 GiB of buffer pool, which is three quarters of the memory. */
  readonly instance: string;
  readonly storageGib: number;
  readonly maxStorageGib: number;
  /** 4 a million films. */
  readonly redoLogGib: number;
  readonly hasReadReplica: boolean;
  /**
   * Days after which the password is changed by itself; none: only by command (docs/runbook.md). Pods read it at their
   * start, so this is for clusters where something starts them anew when a secret has changed.
   */
  readonly rotationDays?: number;
}

interface CacheSize {
  readonly node: string;
  /** 2 or 3: a primary, and replicas in other zones. */
  readonly nodes: 2 | 3;
}

interface NodeSize {
  readonly instance: string;
  readonly min: number;
  readonly max: number;
}

interface IngestSize {
  /** Functions at work at the same time, 2 and more. Each has two connections to the database. */
  readonly maxConcurrency: number;
}

interface GatewaySize {
  /** GB of the cache: 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118 or 237. */
  readonly cacheGb: "0.5" | "1.6" | "6.1" | "13.5" | "28.4" | "58.2" | "118" | "237";
  /** Requests that one address may make in five minutes. */
  readonly requestsPerAddress: number;
}

export interface Provider {
  /** The name of its folder: `providers/<name>/`. */
  readonly name: string;
  /** The ARN of the role, or of the root of the account, that may take on the provider's role. */
  readonly principal: string;
  /** What it has to say when it does so. */
  readonly externalId?: string;
}

export interface Consumer {
  /** As the API logs and counts it. */
  readonly name: string;
  /**
   * Labels of its keys. One more makes one more key; one less revokes its key. So a key is changed without a gap by two
   * deployments.
   */
  readonly keys: readonly [string, ...string[]];
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly requestsPerDay: number;
}

/** The workflow that deploys asks the API with it whether all is well. */
const SMOKE_TEST: Consumer = {
  name: "smoke-test",
  keys: ["first"],
  requestsPerSecond: 10,
  burst: 20,
  requestsPerDay: 100_000,
};

const staging: Stage = {
  name: "staging",
  region: "eu-central-1",
  availabilityZones: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
  cidr: "10.40.0.0/16",
  natGateways: 1,
  role: "active",
  replicatesObjects: false,
  database: {
    instance: "t4g.medium",
    storageGib: 50,
    maxStorageGib: 200,
    redoLogGib: 1,
    hasReadReplica: false,
  },
  cache: { node: "cache.t4g.small", nodes: 2 },
  nodes: { instance: "m7i.large", min: 3, max: 4 },
  ingest: { maxConcurrency: 2 },
  gateway: { cacheGb: "0.5", requestsPerAddress: 20_000 },
  providers: [],
  providerPriority: [],
  consumers: [SMOKE_TEST],
  alarmEmails: [],
  clusterAdmins: [],
  clusterAccessCidrs: ["0.0.0.0/0"],
};

const large = {
  natGateways: 3,
  cache: { node: "cache.r7g.large", nodes: 3 },
  nodes: { instance: "m7i.xlarge", min: 3, max: 9 },
  ingest: { maxConcurrency: 4 },
  gateway: { cacheGb: "1.6", requestsPerAddress: 100_000 },
} as const;

const largeDatabase = { instance: "r8g.large", storageGib: 200, maxStorageGib: 2_000, redoLogGib: 4 };

const production: Stage = {
  ...staging,
  ...large,
  name: "production",
  cidr: "10.41.0.0/16",
  standbyRegion: "eu-west-1",
  database: { ...largeDatabase, hasReadReplica: true },
};

const secondRegion: Stage = {
  ...staging,
  ...large,
  name: "second-region",
  region: "eu-west-1",
  availabilityZones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  cidr: "10.42.0.0/16",
  role: "passive",
  standbyFor: "production",
  database: { ...largeDatabase, hasReadReplica: false },
};

export const STAGES: readonly Stage[] = [staging, production, secondRegion];
