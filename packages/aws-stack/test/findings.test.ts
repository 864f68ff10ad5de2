import { type App, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import type { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { STAGES } from "../src/stages.ts";
import { storeApp } from "../src/store-app.ts";
import { inFolder, ingestCode } from "./synthesised.ts";

/** What cdk-nag finds, whether it has been explained or not. */
function findingsOf(app: App): readonly { readonly rule: string; readonly path: string }[] {
  const checks = new AwsSolutionsChecks(app);
  Object.assign(checks, { isAcknowledged: () => false });
  return checks
    .validateScope(app)
    .violations.flatMap(({ ruleName: rule, violatingResources }) =>
      violatingResources.map(({ constructPath: path = "" }) => ({ rule, path })),
    );
}

interface Explanation {
  readonly path: string;
  readonly id: string;
  readonly reason: string;
}

function explanationsOf(app: App): Explanation[] {
  return app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, reason]) => ({ path: node.path, id, reason })),
  );
}

test("a finding of cdk-nag that nobody has explained stops the synthesis", () => {
  inFolder((outdir) => {
    const app = storeApp({ stages: STAGES.slice(0, 1), ingestCode, app: { outdir } });
    new Bucket(app.node.findChild("movie-store-staging-data"), "Planted");
    expect(() => app.synth()).toThrow(/AwsSolutions.*Planted/s);
  });
});

test("a property that CloudFormation would refuse stops the synthesis", () => {
  inFolder((outdir) => {
    const app = storeApp({ stages: STAGES.slice(0, 1), ingestCode, app: { outdir } });
    const queue = app.node.findAll().find(({ node }) => node.path.endsWith("Queue/Updates/Resource"));
    (queue as CfnQueue).addPropertyOverride("VisibilityTimeout", -1);
    expect(() => app.synth()).toThrow("-1 is less than the minimum of 0");
  });
});

test("every explanation has a reason, and is of something that is found there", () => {
  inFolder((outdir) => {
    const app = storeApp({ stages: STAGES, ingestCode, app: { outdir } });
    // From then on references to other stacks are what cdk-nag sees.
    app.synth();
    const found = findingsOf(app);
    const explanations = explanationsOf(app).filter(({ id }) => id.includes("AwsSolutions"));
    expect(explanations.length).toBeGreaterThan(20);
    for (const { reason } of explanations) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
    const idle = explanations.filter(
      ({ id, path }) => !found.some((each) => id.endsWith(each.rule) && each.path.startsWith(path)),
    );
    expect(idle).toEqual([]);
  });
});
