/** A port whose calls are spans. */

import type { SpanAttributes, Tracing } from "./tracing.ts";

export interface TracedPortOptions {
  readonly tracing: Tracing;
  /** Begins the names of the spans. */
  readonly name: string;
  /** What a result says of the call. */
  readonly notes?: (method: string, result: unknown) => SpanAttributes;
}

type Method = (...parameters: unknown[]) => unknown;

/** Nothing for a port with a method that returns anything but a promise. */
type AllAsync<Port> = {
  readonly [Name in keyof Port]: Port[Name] extends (...parameters: never[]) => infer Result
    ? Result extends Promise<unknown>
      ? unknown
      : never
    : unknown;
};

/** The same port: every member does what it did. */
export function tracedPort<Port extends object>(
  port: Port & AllAsync<Port>,
  options: TracedPortOptions,
): Port {
  const traced = new Map<PropertyKey, Method>();
  return new Proxy(port, {
    get: (target, property) => {
      // With the port itself as `this`: the proxy has none of its private members.
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      let method = traced.get(property);
      if (method === undefined) {
        method = tracedMethod(target, member as Method, String(property), options);
        traced.set(property, method);
      }
      return method;
    },
  });
}

function tracedMethod(port: object, method: Method, name: string, options: TracedPortOptions): Method {
  const { tracing, notes } = options;
  return (...parameters) => {
    const span = tracing.beginCall(`${options.name}.${name}`);
    if (span === undefined) return method.apply(port, parameters);
    const call = async () => {
      try {
        const result = await method.apply(port, parameters);
        span.end(notes === undefined ? {} : { attributes: notes(name, result) });
        return result;
      } catch (error) {
        span.end({ error });
        throw error;
      }
    };
    return span.within(call);
  };
}
