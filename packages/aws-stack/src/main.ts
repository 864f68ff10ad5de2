/**
 * What `cdk` runs: every stage, or the one that the context names.
 *
 *     npx cdk deploy --all -c stage=staging
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Code } from "aws-cdk-lib/aws-lambda";
import { STAGES } from "./stages.ts";
import { storeApp, UnknownStage } from "./store-app.ts";

const BUNDLE = fileURLToPath(new URL("../../lambda-ingest/dist", import.meta.url));

class NoBundle extends Error {}

function ingestCode(): Code {
  if (!existsSync(`${BUNDLE}/handler.js`)) {
    throw new NoBundle("there is no bundle of the ingest: npm run build -w @movie-store/lambda-ingest");
  }
  // The worker is for those without Lambda.
  return Code.fromAsset(BUNDLE, { exclude: ["worker.js", "*.map"] });
}

try {
  storeApp({ stages: STAGES, ingestCode }).synth();
} catch (error) {
  if (!(error instanceof UnknownStage || error instanceof NoBundle)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
