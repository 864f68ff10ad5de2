import { readFileSync, writeFileSync } from "node:fs";
import { ALERTS, PROMETHEUS_RULE, prometheusRuleOf } from "./prometheus-rule.ts";

writeFileSync(PROMETHEUS_RULE, prometheusRuleOf(readFileSync(ALERTS, "utf8")));
