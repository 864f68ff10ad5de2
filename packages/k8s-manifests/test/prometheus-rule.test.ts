import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { ALERTS, PROMETHEUS_RULE, prometheusRuleOf } from "../generate/prometheus-rule.ts";

const alerts = readFileSync(ALERTS, "utf8");
const rule = readFileSync(PROMETHEUS_RULE, "utf8");

it("the rules for the operator are made of the rule file as it is now: npm run generate", () => {
  expect(rule).toBe(prometheusRuleOf(alerts));
});

it("a change of an alert makes them old", () => {
  expect(prometheusRuleOf(alerts.replace("for: 2m", "for: 3m"))).not.toBe(rule);
});

it("they say what the rule file says", () => {
  expect(parse(prometheusRuleOf(alerts)).spec).toEqual(parse(alerts));
});
