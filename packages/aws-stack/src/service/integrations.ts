/** How the gateway asks the API for each kind of route. */

import { Duration } from "aws-cdk-lib";
import {
  ConnectionType,
  Integration,
  type IntegrationOptions,
  IntegrationType,
  type MethodOptions,
  ResponseTransferMode,
  type VpcLink,
} from "aws-cdk-lib/aws-apigateway";
import { API_VERSION } from "../names.ts";
import { ANSWER_HEADERS, type ApiRoute, STATUSES } from "./api-routes.ts";

export interface Origin {
  readonly vpcLink: VpcLink;
  readonly url: string;
}

/** The API ends a search after 5 s. */
const TIMEOUT = Duration.seconds(10);
/** The longest that the gateway keeps a stream. */
const STREAM_TIMEOUT = Duration.minutes(15);

/** The gateway knows the key by then, however the header was written. */
const KEY_HEADER = { "integration.request.header.X-Api-Key": "context.identity.apiKey" };

/** All that was sent goes to the API, and its answer back. */
export function passing(
  route: ApiRoute,
  origin: Origin,
  { withKey }: { readonly withKey: boolean },
): Integration {
  return proxying(route, origin, {
    timeout: TIMEOUT,
    requestParameters: { ...pathParameters(route), ...(withKey ? KEY_HEADER : {}) },
  });
}

/** The same, each piece of the answer as it comes. */
export function streaming(route: ApiRoute, origin: Origin): Integration {
  return proxying(route, origin, {
    timeout: STREAM_TIMEOUT,
    responseTransferMode: ResponseTransferMode.STREAM,
    requestParameters: KEY_HEADER,
  });
}

function proxying(route: ApiRoute, origin: Origin, options: IntegrationOptions): Integration {
  return new Integration({
    type: IntegrationType.HTTP_PROXY,
    integrationHttpMethod: "ANY",
    uri: uriOf(route, origin),
    options: { connectionType: ConnectionType.VPC_LINK, vpcLink: origin.vpcLink, ...options },
  });
}

/** For `passing` and `streaming`. */
export function passingMethod(route: ApiRoute): MethodOptions {
  return { requestParameters: declared(Object.values(pathParameters(route))) };
}

/**
 * The API sees the key of the cache and nothing else: what is not in the key can't change an answer that others get. An
 * unknown parameter would make a 400 of it, `If-None-Match` a 304, and the gateway keeps those too.
 */
export function keeping(route: ApiRoute & { readonly kind: "kept" }, origin: Origin): Integration {
  const mapped = keyOf(route);
  return new Integration({
    type: IntegrationType.HTTP,
    integrationHttpMethod: "GET",
    uri: uriOf(route, origin),
    options: {
      connectionType: ConnectionType.VPC_LINK,
      vpcLink: origin.vpcLink,
      timeout: TIMEOUT,
      requestParameters: { ...mapped, ...KEY_HEADER },
      cacheKeyParameters: Object.values(mapped),
      integrationResponses: [
        // Without a pattern: what no other response is for.
        { statusCode: "502" },
        ...STATUSES.map((status) => ({
          selectionPattern: `${status}`,
          statusCode: `${status}`,
          responseParameters: Object.fromEntries(
            ANSWER_HEADERS.map((name) => [
              `method.response.header.${name}`,
              `integration.response.header.${name}`,
            ]),
          ),
        })),
      ],
    },
  });
}

/** For `keeping`. */
export function keepingMethod(route: ApiRoute & { readonly kind: "kept" }): MethodOptions {
  const responseParameters = Object.fromEntries(
    ANSWER_HEADERS.map((name) => [`method.response.header.${name}`, false]),
  );
  return {
    requestParameters: declared(Object.values(keyOf(route))),
    methodResponses: [
      { statusCode: "502" },
      ...STATUSES.map((status) => ({ statusCode: `${status}`, responseParameters })),
    ],
  };
}

/** From what the API is asked to what the gateway was asked. */
function keyOf(route: ApiRoute & { readonly kind: "kept" }): Record<string, string> {
  const query = route.parameters.map((name) => [
    `integration.request.querystring.${name}`,
    `method.request.querystring.${name}`,
  ]);
  return { ...pathParameters(route), ...Object.fromEntries(query) };
}

function pathParameters({ path }: ApiRoute): Record<string, string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  return Object.fromEntries(
    names.map((name) => [`integration.request.path.${name}`, `method.request.path.${name}`]),
  );
}

/** A part of the path is always there, a parameter of the query may be. */
function declared(names: readonly string[]): Record<string, boolean> {
  return Object.fromEntries(names.map((name) => [name, name.startsWith("method.request.path.")]));
}

function uriOf({ path }: ApiRoute, { url }: Origin): string {
  return `${url}/${API_VERSION}${path}`;
}
