/** The balancer, the gateway, its consumers and its firewall. */

import { expect } from "vitest";
import { API_ROUTES } from "../../src/service/api-routes.ts";
import { one, type Resource, resources, type Template, type Templates, written } from "../synthesised.ts";
import type { Promised } from "./promise.ts";

const stageOf = ({ service }: Templates) => one(service, "ApiGateway::Stage");

/** The methods of the gateway with their paths. */
export function methodsOf(
  service: Template,
): { readonly path: string; readonly method: Resource["Properties"] }[] {
  const pathOf = (id: unknown): string => {
    const ref = (id as { readonly Ref?: string }).Ref;
    const resource = ref === undefined ? undefined : service.Resources[ref]?.Properties;
    return resource === undefined ? "" : `${pathOf(resource["ParentId"])}/${resource["PathPart"]}`;
  };
  return resources(service, "ApiGateway::Method").map(({ Properties: method }) => ({
    path: pathOf(method["ResourceId"]),
    method,
  }));
}

const keptMethods = ({ service }: Templates) =>
  methodsOf(service).filter(({ method }) => method["Integration"].Type === "HTTP");

export const EDGE: readonly Promised[] = [
  {
    name: "the balancer is internal, in three zones, and asks each pod whether it is ready",
    holds: ({ service }) => {
      const balancer = one(service, "ElasticLoadBalancingV2::LoadBalancer");
      expect(balancer).toMatchObject({ Scheme: "internal", Type: "network" });
      expect(balancer["Subnets"]).toHaveLength(3);
      expect(one(service, "ElasticLoadBalancingV2::TargetGroup")).toMatchObject({
        TargetType: "ip",
        Port: 3000,
        HealthCheckProtocol: "HTTP",
        HealthCheckPath: "/health/ready",
      });
    },
    broken: ({ service }) => {
      one(service, "ElasticLoadBalancingV2::TargetGroup")["HealthCheckPath"] = "/health/live";
    },
  },
  {
    name: "the gateway asks by the private link alone",
    holds: ({ service }) => {
      for (const { path, method } of methodsOf(service)) {
        expect(method["Integration"].ConnectionType, path).toBe("VPC_LINK");
      }
      expect(one(service, "ApiGateway::RestApi")["EndpointConfiguration"]).toEqual({ Types: ["REGIONAL"] });
    },
    broken: ({ service }) => {
      for (const { method } of methodsOf(service)) method["Integration"].ConnectionType = "INTERNET";
    },
  },
  {
    name: "every method needs a key, but what a browser asks before it sends one",
    holds: ({ service }) => {
      for (const { path, method } of methodsOf(service)) {
        const isPreflight = method["HttpMethod"] === "OPTIONS";
        expect(method["ApiKeyRequired"] ?? false, `${method["HttpMethod"]} ${path}`).toBe(!isPreflight);
      }
    },
    broken: (templates) => {
      for (const { method } of keptMethods(templates)) delete method["ApiKeyRequired"];
    },
  },
  {
    name: "the path of the gateway's stage is the version, so that links in answers hold",
    holds: (templates) => {
      expect(stageOf(templates)["StageName"]).toBe("v1");
      for (const { path, method } of methodsOf(templates.service)) {
        expect(written(method["Integration"].Uri)).toContain(`"/v1${path}"`);
      }
    },
    broken: (templates) => {
      stageOf(templates)["StageName"] = "production";
    },
  },
  {
    name: "answers are kept for five seconds, encrypted, and only those of the routes that say so",
    holds: (templates) => {
      const settings: Record<string, unknown>[] = stageOf(templates)["MethodSettings"];
      const kept = settings.filter(({ CachingEnabled }) => CachingEnabled);
      expect(kept.map(({ HttpMethod, ResourcePath }) => [HttpMethod, ResourcePath])).toEqual(
        API_ROUTES.filter(({ kind }) => kind === "kept").map(({ path }) => [
          "GET",
          `/${path.replaceAll("/", "~1")}`,
        ]),
      );
      for (const setting of kept) {
        expect(setting).toMatchObject({
          CacheTtlInSeconds: 5,
          CacheDataEncrypted: true,
          MetricsEnabled: true,
        });
      }
      for (const { DataTraceEnabled } of settings) expect(DataTraceEnabled).toBe(false);
      expect(stageOf(templates)["CacheClusterEnabled"]).toBe(true);
    },
    broken: (templates) => {
      stageOf(templates)["MethodSettings"][1].CacheTtlInSeconds = 300;
    },
  },
  {
    name: "all that the API sees of a request whose answer is kept is in the key of the cache",
    holds: (templates) => {
      const kept = API_ROUTES.filter(({ kind }) => kind === "kept").map(({ path }) => `GET ${path}`);
      const methods = keptMethods(templates).map(({ path, method }) => `${method["HttpMethod"]} ${path}`);
      expect(methods.sort()).toEqual(kept.sort());
      for (const { path, method } of keptMethods(templates)) {
        const { CacheKeyParameters, RequestParameters } = method["Integration"];
        const { "integration.request.header.X-Api-Key": key, ...seen } = RequestParameters;
        expect(key).toBe("context.identity.apiKey");
        expect(Object.values(seen).sort(), path).toEqual([...CacheKeyParameters].sort());
        expect(Object.keys(method["RequestParameters"]).sort(), path).toEqual([...CacheKeyParameters].sort());
      }
    },
    broken: (templates) => {
      keptMethods(templates)
        .find(({ path }) => path === "/suggest")
        ?.method["Integration"].CacheKeyParameters.pop();
    },
  },
  {
    name: "a status that nobody expects becomes 502, never a 200 that is kept",
    holds: (templates) => {
      for (const { path, method } of keptMethods(templates)) {
        const responses: { StatusCode: string; SelectionPattern?: string }[] =
          method["Integration"].IntegrationResponses;
        const others = responses.filter(({ SelectionPattern }) => SelectionPattern === undefined);
        expect(
          others.map(({ StatusCode }) => StatusCode),
          path,
        ).toEqual(["502"]);
        for (const { StatusCode, SelectionPattern = "502" } of responses)
          expect(SelectionPattern).toBe(StatusCode);
      }
    },
    broken: (templates) => {
      for (const { method } of keptMethods(templates))
        method["Integration"].IntegrationResponses[0].StatusCode = "200";
    },
  },
  {
    name: "streams come as they are made",
    holds: ({ service }) => {
      const streams = methodsOf(service).filter(
        ({ method }) => method["Integration"].ResponseTransferMode === "STREAM",
      );
      expect(streams.map(({ path, method }) => `${method["HttpMethod"]} ${path}`).sort()).toEqual([
        "GET /changes",
        "GET /export",
      ]);
    },
    broken: ({ service }) => {
      for (const { method } of methodsOf(service)) delete method["Integration"].ResponseTransferMode;
    },
  },
  {
    name: "each consumer has a plan and its keys, which no template has",
    holds: ({ service }, { consumers }) => {
      expect(resources(service, "ApiGateway::UsagePlan")).toHaveLength(consumers.length);
      const labels = consumers.flatMap(({ keys }) => keys);
      expect(resources(service, "ApiGateway::ApiKey")).toHaveLength(labels.length);
      for (const { Properties } of resources(service, "ApiGateway::ApiKey")) {
        expect(Properties["Value"]).toMatch(
          /^\{\{resolve:secretsmanager:movie-store\/production\/|^\{\{resolve:secretsmanager:movie-store\/staging\//,
        );
      }
      const known: string = one(service, "SecretsManager::Secret", "ConsumersAll")["SecretString"];
      expect(known.split(",")).toHaveLength(labels.length);
      for (const { Properties } of resources(service, "ApiGateway::UsagePlan")) {
        expect(Properties["Throttle"].RateLimit).toBeGreaterThan(0);
        expect(Properties["Quota"].Period).toBe("DAY");
      }
    },
    broken: ({ service }) => {
      one(service, "ApiGateway::ApiKey")["Value"] = "movie-store-production-key";
    },
  },
  {
    name: "what the gateway refuses is said as the API says it",
    holds: ({ service }) => {
      const said = Object.fromEntries(
        resources(service, "ApiGateway::GatewayResponse").map(({ Properties }) => [
          Properties["ResponseType"],
          JSON.parse(Properties["ResponseTemplates"]["application/json"]),
        ]),
      );
      expect(said["THROTTLED"]).toMatchObject({ status: 429, code: "rate-limited" });
      expect(said["INVALID_API_KEY"]).toMatchObject({ status: 401, code: "unauthorized" });
      expect(said["INTEGRATION_TIMEOUT"]).toMatchObject({ status: 503, code: "unavailable" });
      for (const { Properties } of resources(service, "ApiGateway::GatewayResponse")) {
        const { status } = said[Properties["ResponseType"]];
        expect(Properties["StatusCode"]).toBe(`${status}`);
        const retryAfter = Properties["ResponseParameters"]["gatewayresponse.header.Retry-After"];
        expect(retryAfter !== undefined).toBe(status === 429 || status === 503);
      }
    },
    broken: ({ service }) => {
      one(service, "ApiGateway::GatewayResponse", "THROTTLED")["StatusCode"] = "503";
    },
  },
  {
    name: "the firewall knows attacks, and bounds what one address may ask",
    holds: ({ service }, { gateway }) => {
      const { Rules: rules } = one(service, "WAFv2::WebACL");
      expect(rules[0].Statement.RateBasedStatement).toEqual({
        Limit: gateway.requestsPerAddress,
        AggregateKeyType: "IP",
      });
      const groups = rules
        .slice(1)
        .map(
          ({ Statement }: Record<string, Record<string, Record<string, string>>>) =>
            Statement?.["ManagedRuleGroupStatement"]?.["Name"],
        );
      expect(groups).toEqual([
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesAmazonIpReputationList",
      ]);
      for (const { OverrideAction } of rules.slice(1)) expect(OverrideAction).toEqual({ None: {} });
      expect(written(one(service, "WAFv2::WebACLAssociation")["ResourceArn"])).toContain(
        "GatewayApiDeploymentStage",
      );
    },
    broken: ({ service }) => {
      one(service, "WAFv2::WebACL")["Rules"][1].OverrideAction = { Count: {} };
    },
  },
];
