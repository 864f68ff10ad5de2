/** Ties the schema of an answer to the type that core gives it. */

import * as z from "zod";

/** Schemas that the API document has under a name of their own; others stand where they are used. */
export const namedSchemas = z.registry<{ readonly id: string }>();

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/**
 * Does not compile for a schema that some answer of the type does not fit.
 *
 * @example
 * ```ts
 * const feed = schemaOf<FeedAnswer>()("Feed", z.object({ … }));
 * ```
 */
export function schemaOf<T>() {
  return <S extends z.ZodType>(
    id: string,
    schema: S & (T extends DeepReadonly<z.output<S>> ? unknown : never),
  ): S => {
    namedSchemas.add(schema, { id });
    return schema;
  };
}
