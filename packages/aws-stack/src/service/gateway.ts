/** The API gateway: checks keys, keeps answers for a moment, and passes the rest to the balancer by a private link. */

import { Aws } from "aws-cdk-lib";
import {
  AccessLogFormat,
  EndpointType,
  LogGroupLogDestination,
  type Method,
  MethodLoggingLevel,
  type MethodOptions,
  type Resource,
  RestApi,
  VpcLink,
} from "aws-cdk-lib/aws-apigateway";
import type { Metric, MetricOptions } from "aws-cdk-lib/aws-cloudwatch";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { explained } from "../explained.ts";
import { API_VERSION, EDGE_TTL, LOG_DAYS } from "../names.ts";
import type { Stage } from "../stages.ts";
import { API_ROUTES, type ApiRoute } from "./api-routes.ts";
import type { Balancer } from "./balancer.ts";
import { addProblems } from "./gateway-problems.ts";
import { keeping, keepingMethod, type Origin, passing, passingMethod, streaming } from "./integrations.ts";

export interface GatewayProps {
  readonly stage: Stage;
  readonly balancer: Balancer;
  readonly key: IKey;
}

/** Settings of a method take the place of those of the stage as a whole. */
const WATCHED = { metricsEnabled: true, loggingLevel: MethodLoggingLevel.ERROR, dataTraceEnabled: false };

const BY_KEY = "Who asks is told by an API key, which the gateway checks, and the API once more.";

export class Gateway extends Construct {
  readonly api: RestApi;
  readonly #searches: Method;

  constructor(scope: Construct, id: string, { stage, balancer, key }: GatewayProps) {
    super(scope, id);
    const vpcLink = new VpcLink(this, "Link", { targets: [balancer.balancer] });
    const log = new LogGroup(this, "Log", { retention: LOG_DAYS, encryptionKey: key });
    this.api = new RestApi(this, "Api", {
      restApiName: `movie-store-${stage.name}`,
      endpointTypes: [EndpointType.REGIONAL],
      // The account has one role for the logs of all its gateways in a region: the last that was made.
      cloudWatchRole: true,
      deployOptions: {
        stageName: API_VERSION,
        cacheClusterEnabled: true,
        cacheClusterSize: stage.gateway.cacheGb,
        cachingEnabled: false,
        ...WATCHED,
        accessLogDestination: new LogGroupLogDestination(log),
        accessLogFormat: AccessLogFormat.custom(LOG_LINE),
        methodOptions: Object.fromEntries(
          API_ROUTES.filter(({ kind }) => kind === "kept").map(({ path }) => [
            `${path}/GET`,
            { ...WATCHED, cachingEnabled: true, cacheTtl: EDGE_TTL, cacheDataEncrypted: true },
          ]),
        ),
      },
    });
    explained(
      this.api,
      "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]",
      "The policy that API Gateway asks for, to write its logs.",
    );
    explained(
      this.api,
      "AwsSolutions-APIG2",
      "The API checks every parameter, and names the one that is wrong.",
    );
    const methods = new Map(
      API_ROUTES.map((route) => [route.path, this.#add(route, { vpcLink, url: balancer.origin })]),
    );
    this.#searches = methods.get("/movies") as Method;
    addProblems(this.api);
  }

  /** Without the version, which every path of the API begins with. */
  get url(): string {
    return `https://${this.api.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
  }

  /** How long the API takes for a search, in milliseconds. Streams, which last, have no part in it. */
  searchLatency(options: MetricOptions): Metric {
    return this.#searches.metricIntegrationLatency(this.api.deploymentStage, options);
  }

  #add(route: ApiRoute, origin: Origin): Method {
    const resource = this.api.root.resourceForPath(route.path);
    const withKey = { ...passingMethod(route), apiKeyRequired: true };
    // HEAD, and what is not allowed.
    this.#method(resource, "ANY", passing(route, origin, { withKey: true }), withKey);
    // A browser asks first, without the key.
    this.#method(resource, "OPTIONS", passing(route, origin, { withKey: false }), passingMethod(route));
    if (route.kind === "passed")
      return this.#method(resource, "GET", passing(route, origin, { withKey: true }), withKey);
    if (route.kind === "streamed") return this.#method(resource, "GET", streaming(route, origin), withKey);
    return this.#method(resource, "GET", keeping(route, origin), {
      ...keepingMethod(route),
      apiKeyRequired: true,
    });
  }

  #method(
    resource: Resource,
    verb: string,
    integration: Parameters<Resource["addMethod"]>[1],
    options: MethodOptions,
  ): Method {
    const method: Method = resource.addMethod(verb, integration, options);
    const isPreflight = verb === "OPTIONS";
    explained(
      method,
      "AwsSolutions-APIG4",
      isPreflight ? "A browser asks here before it sends the key." : BY_KEY,
    );
    if (!isPreflight) explained(method, "AwsSolutions-COG4", BY_KEY);
    return method;
  }
}

/** A line of JSON; no key is in it. */
const LOG_LINE = JSON.stringify({
  requestId: "$context.requestId",
  time: "$context.requestTime",
  consumer: "$context.identity.apiKeyId",
  address: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  path: "$context.path",
  status: "$context.status",
  bytes: "$context.responseLength",
  ms: "$context.responseLatency",
  integrationMs: "$context.integration.latency",
  error: "$context.error.responseType",
});
