/** Does for a handler what Lambda's runtime interface client does, where that can't be installed. */

import { pathToFileURL } from "node:url";

const api = `http://${process.env["AWS_LAMBDA_RUNTIME_API"]}/2018-06-01/runtime/invocation`;
const { handler } = await import(pathToFileURL(process.argv[2] as string).href);

for (;;) {
  const next = await fetch(`${api}/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id") as string;
  const endsAtMs = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = {
    awsRequestId: id,
    functionName: process.env["AWS_LAMBDA_FUNCTION_NAME"],
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    invokedFunctionArn: next.headers.get("lambda-runtime-invoked-function-arn"),
    memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    getRemainingTimeInMillis: () => endsAtMs - Date.now(),
  };
  try {
    await post(`${id}/response`, (await handler(await next.json(), context)) ?? null);
  } catch (error) {
    const { name, message } = error as Error;
    await post(`${id}/error`, { errorType: name, errorMessage: message });
  }
}

async function post(path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${api}/${path}`, { method: "POST", body: JSON.stringify(body) });
  await answer.body?.cancel();
}
