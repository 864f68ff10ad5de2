/** Asks the API. */

const KEY = "movie-store-api-key";

/** The API has answered that it can't answer, or has not answered at all. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** 0: there was no answer. */
  readonly status: number;
  /** The stable code of the problem. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Asking {
  readonly signal?: AbortSignal;
  /** Whether the browser may answer from what it has kept for some seconds. Default: it may not. */
  readonly mayBeKept?: boolean;
}

export interface Answered<T> {
  readonly body: T;
  /** The path that was answered in the end, after redirects. */
  readonly path: string;
}

/** @throws ApiError; an `AbortError` when the signal says so. */
export async function ask<T>(target: string, asking: Asking = {}): Promise<Answered<T>> {
  const response = await request(target, { Accept: "application/json" }, asking);
  if (!response.ok) throw await errorOf(response);
  return { body: (await answerOf(() => response.json())) as T, path: new URL(response.url).pathname };
}

/** @throws ApiError when there is no answer; an answer of any status is returned. */
export async function request(
  target: string,
  headers: Readonly<Record<string, string>>,
  { signal, mayBeKept = false }: Asking,
): Promise<Response> {
  const key = sessionStorage.getItem(KEY);
  return answerOf(() =>
    fetch(target, {
      headers: key === null ? headers : { ...headers, "X-Api-Key": key },
      cache: mayBeKept ? "default" : "no-cache",
      ...(signal === undefined ? {} : { signal }),
    }),
  );
}

async function answerOf<T>(asked: () => Promise<T>): Promise<T> {
  try {
    return await asked();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "no-answer", "The store can't be reached.");
  }
}

export async function errorOf(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => ({}))) as {
    readonly code?: string;
    readonly detail?: string;
  };
  return new ApiError(
    response.status,
    problem.code ?? "",
    problem.detail ?? `The answer has the status ${response.status}.`,
  );
}

/** Kept for this tab, until it is closed. A header can't carry other characters. */
export function keepKey(key: string): void {
  sessionStorage.setItem(KEY, key.replaceAll(/[^\x21-\x7e]/g, ""));
}

export function forgetKey(): void {
  sessionStorage.removeItem(KEY);
}

export function hasKey(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}
