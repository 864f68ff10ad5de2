/** Requests made from the API document alone: with values that it allows and with values that it does not. */

import fc from "fast-check";

export interface ApiDocument {
  readonly paths: Readonly<Record<string, { readonly get: DescribedOperation }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly responses: Readonly<Record<string, DescribedResponse>>;
}

export interface DescribedResponse {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: "query" | "path" | "header";
  readonly schema: Schema;
}

export interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly [keyword: string]: unknown;
}

export interface DescribedRequest {
  readonly path: string;
  readonly operation: DescribedOperation;
  readonly method: "GET" | "HEAD";
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * @param known values that lead somewhere, by the name of their parameter; those of `id` stand in paths as well. Of a
 * text parameter without any, all are tried.
 */
export function describedRequests(
  document: ApiDocument,
  known: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<DescribedRequest> {
  const all = Object.entries(document.paths).map(([path, { get }]) =>
    requestsFor(document, path, get, known),
  );
  return fc.oneof(...all);
}

function requestsFor(
  document: ApiDocument,
  path: string,
  operation: DescribedOperation,
  known: Readonly<Record<string, readonly string[]>>,
): fc.Arbitrary<DescribedRequest> {
  const everyKnown = Object.values(known).flat();
  const valuesOf = (parameter: Parameter) =>
    fc.oneof(
      { weight: 5, arbitrary: allowedValues(parameter.schema, known[parameter.name] ?? everyKnown) },
      { weight: 1, arbitrary: fc.array(strayText(), { minLength: 1, maxLength: 3 }) },
    );
  const parameters = operation.parameters.map((each) => resolve(document, each));
  const query = parameters.filter((parameter) => parameter.in === "query");
  const mediaTypes = Object.keys(operation.responses["200"]?.content ?? {});
  return fc
    .record({
      id: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...(known["id"] ?? [])) },
        { weight: 2, arbitrary: fc.constantFrom(...everyKnown) },
        { weight: 1, arbitrary: strayText() },
      ),
      pairs: fc.tuple(
        ...query.map((parameter) =>
          fc.oneof(
            { weight: 4, arbitrary: fc.constant([]) },
            {
              weight: 1,
              arbitrary: valuesOf(parameter).map((values) => values.map((value) => [parameter.name, value])),
            },
          ),
        ),
      ),
      unknown: fc.oneof(
        { weight: 7, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.tuple(strayText(), strayText()).map((pair) => [pair]) },
      ),
      accept: fc.constantFrom(undefined, "*/*", ...mediaTypes, "image/png"),
      headers: fc.tuple(
        ...parameters
          .filter((parameter) => parameter.in === "header")
          .map(({ name }) =>
            fc
              .option(fc.constantFrom("0", "1", "*", '"x"', "nonsense"))
              .map((value) => [name, value] as const),
          ),
      ),
      method: fc.constantFrom("GET" as const, "GET" as const, "HEAD" as const),
    })
    .map(({ id, pairs, unknown, accept, headers, method }) => {
      const search = [...pairs.flat(), ...unknown]
        .map((pair) => pair.map((text) => encodeURIComponent(text ?? "")).join("="))
        .join("&");
      const given = headers.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
      return {
        path,
        operation,
        method,
        target: path.replace("{id}", encodeURIComponent(id) || "%20") + (search === "" ? "" : `?${search}`),
        headers: { ...Object.fromEntries(given), ...(accept === undefined ? {} : { Accept: accept }) },
      };
    });
}

function resolve(document: ApiDocument, parameter: Parameter | { readonly $ref: string }): Parameter {
  if (!("$ref" in parameter)) return parameter;
  const name = parameter.$ref.split("/").at(-1) ?? "";
  return document.components.parameters[name] as Parameter;
}

function allowedValues(schema: Schema, known: readonly string[]): fc.Arbitrary<readonly string[]> {
  if (schema.type === "array") {
    const item = allowedValue(schema.items ?? {}, known);
    return fc.array(item, { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 3, 3) });
  }
  return allowedValue(schema, known).map((value) => [value]);
}

function allowedValue(schema: Schema, known: readonly string[]): fc.Arbitrary<string> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((each) => allowedValue(each, known)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.type === "integer") {
    const { minimum = 0, maximum = 1_000_000 } = schema;
    return fc
      .oneof(fc.integer({ min: minimum, max: Math.min(maximum, minimum + 10) }), fc.constant(maximum))
      .map((value) => String(Math.min(value, 999_999_999_999_999)));
  }
  const fitting = known.filter(
    (value) => schema.pattern === undefined || new RegExp(schema.pattern, "u").test(value),
  );
  const ofKnown = fitting.length === 0 ? [] : [fc.constantFrom(...fitting)];
  if (schema.format === "date-time")
    return fc.constantFrom("2026-01-01T00:00:00Z", "2036-01-01T00:00:00.5+02:00");
  if (schema.format === "date") return fc.constantFrom("2026-01-01", "2036-12-31");
  if (schema.pattern !== undefined)
    return fc.oneof(...ofKnown, fc.stringMatching(new RegExp(schema.pattern)));
  return fc.oneof(...ofKnown, fc.string({ unit: "grapheme", maxLength: 20 }));
}

function strayText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom(
      "",
      "-1",
      "1.5",
      "1e9",
      "NaN",
      "\0",
      "%",
      "'\"`",
      "__proto__",
      "constructor",
      "9".repeat(400),
    ),
    fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
  );
}
