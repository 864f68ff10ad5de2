/** Searches and films are answered before Koa makes a context: that takes longer than most of the rest. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Admission } from "./admission.ts";
import type { Answer, AnswerWriter } from "./answer.ts";
import type { Load } from "./load.ts";
import type { RequestFrame, RequestState } from "./request-frame.ts";
import type { DirectRead, Route } from "./route.ts";

export interface DirectAnswersOptions {
  readonly routes: readonly Route[];
  readonly frame: RequestFrame;
  readonly writer: AnswerWriter;
  readonly admission: Admission;
  readonly load: Load;
}

type DirectRoute = Route & Required<Pick<Route, "direct">>;

export class DirectAnswers {
  readonly #options: DirectAnswersOptions;
  readonly #routes: readonly DirectRoute[];

  constructor(options: DirectAnswersOptions) {
    this.#options = options;
    this.#routes = options.routes.filter((route): route is DirectRoute => route.direct !== undefined);
  }

  /** @returns false: nothing has been done with the request, which is one for the application. */
  answer(req: IncomingMessage, res: ServerResponse): boolean {
    if (req.method !== "GET") return false;
    const target = req.url ?? "";
    for (const route of this.#routes) {
      const read = route.direct(target);
      if (read === undefined) continue;
      this.#answer(req, res, route, read);
      return true;
    }
    return false;
  }

  #answer(req: IncomingMessage, res: ServerResponse, route: Route, read: DirectRead): void {
    const { frame, admission, load } = this.#options;
    const state = frame.begin(req, res, req.url ?? "");
    state.route = route.path;
    try {
      admission.admit(req, state, route);
      const answer = read();
      if (typeof answer !== "function") this.#write(res, state, answer);
      else {
        load.check();
        void this.#answerLater(res, state, answer);
      }
    } catch (error) {
      frame.fail(res, state, error);
    }
  }

  async #answerLater(res: ServerResponse, state: RequestState, read: () => Promise<Answer>): Promise<void> {
    try {
      this.#write(res, state, await read());
    } catch (error) {
      this.#options.frame.fail(res, state, error);
    }
  }

  #write(res: ServerResponse, state: RequestState, answer: Answer): void {
    state.layer = answer.layer;
    this.#options.writer.write(res, answer, state);
  }
}
