/** A server that tests can use, and the ways to come by one. */

export interface Server {
  readonly url: string;
  /** Where it comes from, as a person reads it: `TEST_REDIS_URL`, `Docker image redis:7`, the path of a program. */
  readonly from: string;
  /** What it can't do though tests need it, such as "versions of objects". */
  readonly lacks?: string;
  /** Ends it, if it was started for this run, and removes what it kept. */
  stop(): Promise<void>;
}

/** A way to come by a server. Rejects with the reason when it does not work on this machine. */
export type Way = () => Promise<Server>;

export interface Service {
  readonly name: string;
  /** The variable that names a running server; it comes before all other ways. */
  readonly variable: string;
  /** Resolves when the server answers as this service does. */
  readonly ping: (url: string) => Promise<unknown>;
  /** In order of preference. */
  readonly ways: readonly Way[];
  /** The programs to install where there is no Docker, as a person reads it. */
  readonly programs: string;
}

export interface Found {
  readonly service: Service;
  readonly server: Server | undefined;
  /** Why the ways before it did not work, or all of them. */
  readonly reasons: readonly string[];
}

/**
 * The first server that can be had.
 *
 * @throws Error when the variable names a server that does not answer: whoever set it wants that server and no other.
 */
export async function findServer(service: Service, environment: NodeJS.ProcessEnv): Promise<Found> {
  const given = environment[service.variable];
  if (given) {
    await service.ping(given).catch((error: unknown) => {
      throw new Error(`${service.variable} names a server that does not answer: ${messageOf(error)}`);
    });
    return {
      service,
      server: { url: given, from: service.variable, stop: async () => {} },
      reasons: [],
    };
  }
  const reasons = [`${service.variable} is not set`];
  for (const way of service.ways) {
    try {
      return { service, server: await way(), reasons };
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  return { service, server: undefined, reasons };
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A connection refused by each address of a name is one error without a message.
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
