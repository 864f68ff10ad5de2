/** Containers as strict as Kubernetes starts them: nothing writable, no capabilities, no new privileges. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Builder } from "./builder.ts";

const run = promisify(execFile);

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly environment?: Readonly<Record<string, string>>;
  /** Instead of what the image starts. */
  readonly command?: readonly string[];
  /** A folder that may be written to. */
  readonly volume?: string;
}

export class Containers {
  readonly #builder: Builder;
  readonly #started = new Set<string>();

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  /** Runs it to its end. */
  run(image: string, options: Options): Promise<Finished> {
    return this.#call(["run", "--rm", ...this.#optionsOf(options), image, ...(options.command ?? [])]);
  }

  /** @returns its id. */
  async start(image: string, options: Options): Promise<string> {
    const { stdout, stderr } = await this.#call([
      "run",
      "--detach",
      ...this.#optionsOf(options),
      image,
      ...(options.command ?? []),
    ]);
    const id = stdout.trim();
    if (id === "") throw new Error(`no container starts: ${stderr}`);
    this.#started.add(id);
    return id;
  }

  exec(id: string, command: readonly string[]): Promise<Finished> {
    return this.#call(["exec", id, ...command]);
  }

  /** Sends SIGTERM, and SIGKILL after half a minute. */
  async stop(id: string): Promise<{ readonly code: number; readonly output: string }> {
    await this.#call(["stop", "-t", "30", id]);
    const { stdout: code } = await this.#call(["inspect", "--format", "{{.State.ExitCode}}", id]);
    return { code: Number(code), output: await this.output(id) };
  }

  async output(id: string): Promise<string> {
    const { stdout, stderr } = await this.#call(["logs", id]);
    return stdout + stderr;
  }

  /** What the image says of itself: its configuration and its layers. */
  async inspect(image: string): Promise<ImageFacts> {
    return JSON.parse((await this.#call(["image", "inspect", image])).stdout)[0];
  }

  /** The command that tells how a container is, behind the word CMD. */
  async healthCheckOf(image: string): Promise<readonly string[]> {
    // Docker keeps it within the configuration, Podman beside it.
    const { Config, Healthcheck } = await this.inspect(image);
    return (Config.Healthcheck ?? Healthcheck)?.Test ?? [];
  }

  async remove(images: readonly string[]): Promise<void> {
    for (const image of images) await this.#call(["rmi", "--force", image]);
  }

  /** Ends and removes every container that was started. */
  async close(): Promise<void> {
    for (const id of this.#started) await this.#call(["rm", "--force", "--volumes", id]);
  }

  #optionsOf({ environment = {}, volume }: Options): readonly string[] {
    return [
      // The servers for the tests listen on this machine.
      "--network=host",
      "--read-only",
      // Podman would make /tmp and others writable all the same.
      ...(this.#builder.program === "podman" ? ["--read-only-tmpfs=false"] : []),
      "--cap-drop=ALL",
      "--security-opt=no-new-privileges",
      ...Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`),
      ...(volume === undefined ? [] : [`--volume=${volume}`]),
    ];
  }

  async #call(options: readonly string[]): Promise<Finished> {
    try {
      return { code: 0, ...(await run(this.#builder.program, options, { maxBuffer: 2 ** 26 })) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: unknown } & Finished;
      // Not the program in the container but the one here can't be run.
      if (typeof code !== "number") throw error;
      return { code, stdout, stderr };
    }
  }
}

interface HealthCheck {
  readonly Test: readonly string[];
}

export interface ImageFacts {
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck?: HealthCheck;
  };
  readonly Healthcheck?: HealthCheck;
  readonly RootFS: { readonly Layers: readonly string[] };
}
