/** What the programs are told: what they know, what they take, and secrets by way of secrets alone. */

import type { App } from "../app.ts";
import { environmentOf, MissingError, SECRETS } from "../environment.ts";
import { AWS, all, api, type Container, type Manifest, one, pods } from "../manifests.ts";
import { faultsOf, type ManifestPromise } from "../promise.ts";

const CONTAINER = "spec/template/spec/containers/0";
const CRON = `spec/jobTemplate/${CONTAINER}`;
const TEMPLATE = "spec/target/template/data";

/** Of this repository. */
const OWN = ["api", "migrate", "reconcile", "worker"];
/** By container: what it can do without, but is not to. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  api: ["MYSQL_URL", "REDIS_URL"],
  migrate: ["MYSQL_URL"],
  reconcile: ["MYSQL_URL", "REDIS_URL", "S3_BUCKET"],
};
/** Read by the AWS client itself. */
const AWS_CLIENT = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_SQS"];
const SECRET_NAMES = /(PASSWORD|SECRET|TOKEN|KEYS?|HEADERS)$|^(MYSQL|MYSQL_READ|REDIS)_URL$|ACCESS_KEY/;
const CREDENTIALS_IN_URL = /:\/\/[^/\s]*:[^/\s]*@/;

export const CONFIGURATION: readonly ManifestPromise[] = [
  {
    says: "every variable is one that the program reads",
    faults: inOwn((manifests, container, app) => {
      const known = [...app.variables(container.name), ...AWS_CLIENT];
      return Object.keys(environmentOf(manifests, container))
        .filter((name) => !known.includes(name))
        .map((name) => `${name} is read by nobody`);
    }),
    breaks: [
      ["ConfigMap movie-store", "data/LOGLEVEL", "info"],
      ["Deployment", `${CONTAINER}/env`, [{ name: "MYSQL_HOST", value: "db" }]],
      ["ExternalSecret", `${TEMPLATE}/API_KEY`, "{{ .keys }}"],
    ],
  },
  {
    says: "the program takes every value, and every ConfigMap, Secret and key is there",
    faults: inOwn((manifests, container, app) => {
      const refusal = app.refusal(container.name, environmentOf(manifests, container));
      return faultsOf([refusal !== undefined, `it says: ${refusal}`]);
    }),
    breaks: [
      ["ConfigMap movie-store", "data/SHUTDOWN_GRACE_SECONDS", "20s"],
      ["ConfigMap movie-store", "data/AWS_REGION", "Frankfurt"],
      ["ConfigMap movie-store", ""],
      ["ExternalSecret", `${TEMPLATE}/MYSQL_URL`, "mysql://{{ .user }}:{{ .password }}@db:3306/movie_store"],
      ["ExternalSecret", `${TEMPLATE}/API_KEYS`, "{{ .token }}"],
      ["ExternalSecret", `${TEMPLATE}/REDIS_URL`],
      ["ExternalSecret", "spec/data/0/secretKey", "username"],
      ["ExternalSecret", ""],
      ["Deployment", `${CONTAINER}/envFrom/1/secretRef/name`, "movies"],
      ["Job", `${CONTAINER}/env/0/valueFrom/secretKeyRef/key`, "DATABASE_URL"],
    ],
  },
  {
    says: "nothing falls back to embedded parts",
    faults: inOwn((manifests, container) => {
      const environment = environmentOf(manifests, container);
      return (NEEDED[container.name] ?? [])
        .filter((name) => !environment[name])
        .map((name) => `${name} is not set`);
    }),
    breaks: [
      ["ExternalSecret", `${TEMPLATE}/REDIS_URL`],
      ["ConfigMap movie-store", "data/S3_BUCKET"],
      ["CronJob", `${CRON}/env`, []],
    ],
  },
  {
    says: "database and cache are reached by TLS, with the secrets as they are",
    overlays: AWS,
    faults: (manifests) => {
      const environment = environmentOf(manifests, api(manifests).containers[0] as Container);
      const url = (name: string) => new URL(environment[name] ?? "");
      return [
        ...["MYSQL_URL", "MYSQL_READ_URL"].flatMap((name) =>
          faultsOf(
            [url(name).searchParams.get("tls") !== "amazon-rds", `${name} is without TLS`],
            [decodeURIComponent(url(name).password) !== SECRETS["password"], `${name} has another password`],
            [!url(name).hostname.endsWith(".rds.amazonaws.com"), `${name} is that of ${url(name).hostname}`],
          ),
        ),
        ...faultsOf(
          [url("REDIS_URL").protocol !== "rediss:", "REDIS_URL is without TLS"],
          [decodeURIComponent(url("REDIS_URL").password) !== SECRETS["token"], "REDIS_URL has another token"],
          [environment["API_KEYS"] !== SECRETS["keys"], "API_KEYS are others"],
        ),
      ];
    },
    breaks: [
      ["ExternalSecret", `${TEMPLATE}/MYSQL_URL`, 'mysql://u:{{ .password | urlquery }}@{{ "h" }}:3306/d'],
      ["ExternalSecret", `${TEMPLATE}/MYSQL_READ_URL`, 'mysql://u:p@{{ "DatabaseReadEndpoint" }}/d'],
      ["ExternalSecret", `${TEMPLATE}/REDIS_URL`, "redis://:{{ .token | urlquery }}@h:6379"],
      ["ExternalSecret", `${TEMPLATE}/API_KEYS`, "web:0123456789abcdef"],
    ],
  },
  {
    says: "no secret is in a ConfigMap or in a manifest",
    faults: (manifests) => [
      ...all(manifests, "ConfigMap").flatMap(({ metadata, data = {} }) =>
        secretsAmong(Object.entries(data)).map((name) => `ConfigMap ${metadata.name} has ${name}`),
      ),
      ...pods(manifests).flatMap(({ of, containers }) =>
        containers.flatMap(({ env = [] }) =>
          secretsAmong(env.map(({ name, value }) => [name, value])).map((name) => `${of} has ${name}`),
        ),
      ),
    ],
    breaks: [
      ["ConfigMap movie-store", "data/API_KEYS", "web:0123456789"],
      ["ConfigMap movie-store", "data/OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:secret@collector:4318"],
      ["Job", `${CONTAINER}/env/0`, { name: "MYSQL_URL", value: "mysql://u:p@h:3306/d" }],
    ],
  },
  {
    says: "secrets come from where the stack keeps them",
    overlays: AWS,
    faults: (manifests) => [
      ...faultsOf([all(manifests, "Secret").length > 0, "a Secret is among the manifests"]),
      ...(one(manifests, "ExternalSecret").spec.data ?? [])
        .filter(({ remoteRef }) => !remoteRef.key.startsWith("arn:aws:secretsmanager:"))
        .map(({ secretKey, remoteRef }) => `${secretKey} is ${remoteRef.key}`),
    ],
    breaks: [
      ["ExternalSecret", "spec/data/0/remoteRef/key", "DatabaseSecretArn"],
      ["ConfigMap dashboard", "kind", "Secret"],
    ],
  },
  {
    says: "what is run is in the image",
    faults: inOwn((_, { name, command, args = [] }, app) => {
      // The image of the worker runs the worker and nothing else.
      if (name === "worker")
        return faultsOf([command !== undefined || args.length > 0, "it runs something else"]);
      const fault = app.commandFault(args);
      return faultsOf([command !== undefined, "it has a command"], [fault !== undefined, `it ${fault}`]);
    }),
    breaks: [
      ["Deployment", `${CONTAINER}/args/1`, "packages/http-koa/dist/api.js"],
      ["Deployment", `${CONTAINER}/args/1`, "packages/explorer/src/explorer.ts"],
      ["Job", `${CONTAINER}/args/2`, "migrat"],
      ["CronJob", `${CRON}/args/3`, "--all"],
    ],
  },
  {
    says: "a change of the configuration restarts the pods",
    faults: (manifests) => {
      const name = api(manifests).containers[0]?.envFrom?.[0]?.configMapRef?.name ?? "";
      return faultsOf([!/-[a-z0-9]{10}$/.test(name), `${name} has no hash`]);
    },
    breaks: [["Deployment", `${CONTAINER}/envFrom/0/configMapRef/name`, "movie-store"]],
  },
];

function inOwn(
  faults: (manifests: readonly Manifest[], container: Container, app: App) => readonly string[],
): ManifestPromise["faults"] {
  return (manifests, app) =>
    pods(manifests)
      .flatMap(({ containers }) => containers.filter(({ name }) => OWN.includes(name)))
      .flatMap((container) => {
        try {
          return faults(manifests, container, app).map((fault) => `${container.name}: ${fault}`);
        } catch (error) {
          if (error instanceof MissingError) return [`${container.name}: ${error.message}`];
          throw error;
        }
      });
}

function secretsAmong(variables: readonly (readonly [string, unknown])[]): readonly string[] {
  return variables
    .filter(
      ([name, value]) =>
        value !== undefined && (SECRET_NAMES.test(name) || CREDENTIALS_IN_URL.test(String(value))),
    )
    .map(([name]) => name);
}
