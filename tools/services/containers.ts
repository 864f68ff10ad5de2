/** Servers in containers, where a Docker engine answers. */

import { messageOf, type Server } from "./server.ts";
import { untilAnswers } from "./until-answers.ts";

export interface Container {
  readonly image: string;
  /** The port in the container. */
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** A folder of the container to keep in memory. */
  readonly tmpfs?: string;
  readonly url: (host: string, port: number) => string;
  readonly ping: (url: string) => Promise<unknown>;
}

const START_DEADLINE_MS = 120_000;

/** @throws Error when there is no engine, no image, or no answer from the server in it. */
export async function containerOf(container: Container): Promise<Server> {
  const { GenericContainer, getContainerRuntimeClient } = await import("testcontainers");
  await getContainerRuntimeClient().catch(() => {
    throw new Error("no Docker engine answers");
  });
  const from = `Docker image ${container.image}`;
  try {
    const started = await new GenericContainer(container.image)
      .withExposedPorts(container.port)
      .withEnvironment({ ...container.environment })
      .withCommand([...(container.command ?? [])])
      .withTmpFs(container.tmpfs === undefined ? {} : { [container.tmpfs]: "rw" })
      .withStartupTimeout(START_DEADLINE_MS)
      .start();
    // Podman takes 0, the default, for ten seconds, which is when vitest gives up.
    const stop = async () => void (await started.stop({ timeout: 1_000 }));
    const url = container.url(started.getHost(), started.getMappedPort(container.port));
    // The images of databases open their port for their own set-up before they are ready.
    await untilAnswers(
      () => container.ping(url),
      () => {},
    ).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { url, from, stop };
  } catch (error) {
    throw new Error(`${from} does not start: ${messageOf(error)}`, { cause: error });
  }
}
