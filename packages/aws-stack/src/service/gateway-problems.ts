/** What the gateway refuses by itself is said as the API says it: problem details with a stable `code`. */

import { ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";

interface GatewayProblem {
  readonly type: ResponseType;
  readonly status: number;
  readonly title: string;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

const PROBLEMS: readonly GatewayProblem[] = [
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: 404,
    title: "Not Found",
    code: "unknown-path",
    detail: "there is nothing under this path",
  },
  {
    type: ResponseType.INVALID_API_KEY,
    status: 401,
    title: "Unauthorized",
    code: "unauthorized",
    detail: "send your API key as X-Api-Key",
  },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    title: "Too Many Requests",
    code: "rate-limited",
    detail: "more requests than the plan of this key has",
    retryAfterSeconds: 1,
  },
  {
    type: ResponseType.QUOTA_EXCEEDED,
    status: 429,
    title: "Too Many Requests",
    code: "rate-limited",
    detail: "more requests than the plan of this key has for a day",
    retryAfterSeconds: 3_600,
  },
  ...[ResponseType.INTEGRATION_FAILURE, ResponseType.INTEGRATION_TIMEOUT].map((type) => ({
    type,
    status: 503,
    title: "Service Unavailable",
    code: "unavailable",
    detail: "the API does not answer now",
    retryAfterSeconds: 1,
  })),
];

export function addProblems(api: RestApi): void {
  for (const { type, status, title, code, detail, retryAfterSeconds } of PROBLEMS) {
    const body = { type: "about:blank", title, status, detail, code, requestId: "$context.requestId" };
    api.addGatewayResponse(`Problem-${type.responseType}`, {
      type,
      statusCode: `${status}`,
      responseHeaders: {
        "Content-Type": "'application/problem+json'",
        "Cache-Control": "'no-store'",
        "Access-Control-Allow-Origin": "'*'",
        ...(retryAfterSeconds === undefined ? {} : { "Retry-After": `'${retryAfterSeconds}'` }),
      },
      templates: { "application/json": JSON.stringify(body) },
    });
  }
}
