/** What this process has at hand is answered before Koa makes a context: that takes longer than all the rest. */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Admission } from "./admission.ts";
import type { Answer, AnswerWriter } from "./answer.ts";
import type { RequestFrame } from "./request-frame.ts";
import type { Route } from "./route.ts";

export interface NearAnswersOptions {
  readonly routes: readonly Route[];
  readonly frame: RequestFrame;
  readonly writer: AnswerWriter;
  readonly admission: Admission;
}

type NearRoute = Route & Required<Pick<Route, "near">>;

export class NearAnswers {
  readonly #options: NearAnswersOptions;
  readonly #routes: readonly NearRoute[];

  constructor(options: NearAnswersOptions) {
    this.#options = options;
    this.#routes = options.routes.filter((route): route is NearRoute => route.near !== undefined);
  }

  /** @returns false: nothing has been done with the request, which is one for the application. */
  answer(req: IncomingMessage, res: ServerResponse): boolean {
    if (req.method !== "GET") return false;
    const target = req.url ?? "";
    for (const route of this.#routes) {
      const answer = route.near(target);
      if (answer === undefined) continue;
      this.#send(req, res, route, answer);
      return true;
    }
    return false;
  }

  #send(req: IncomingMessage, res: ServerResponse, route: Route, answer: Answer): void {
    const { frame, writer, admission } = this.#options;
    const state = frame.begin(req, res, req.url ?? "");
    state.route = route.path;
    try {
      admission.admit(req, state, route);
      state.layer = answer.layer;
      writer.write(res, answer, state);
    } catch (error) {
      frame.fail(res, state, error);
    }
  }
}
