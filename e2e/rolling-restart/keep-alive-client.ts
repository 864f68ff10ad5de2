/** Asks again and again on connections that it keeps, without ever trying again. */

import { Agent, get } from "node:http";
import { text } from "node:stream/consumers";

export class KeepAliveClient {
  answered = 0;
  /** What went wrong, a line each. */
  readonly failures: string[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;
  #isOver = false;
  #asking: Promise<void>;

  constructor(url: string) {
    this.#url = url;
    this.#asking = this.#askOn();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#asking;
    this.#agent.destroy();
  }

  async #askOn(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#ask();
        this.answered++;
      } catch (error) {
        this.failures.push(`${error}`);
      }
    }
  }

  async #ask(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    get(this.#url, { agent: this.#agent }, (response) => {
      text(response).then((body) => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${response.statusCode}: ${body}`));
      }, reject);
    }).on("error", reject);
    await promise;
  }
}
