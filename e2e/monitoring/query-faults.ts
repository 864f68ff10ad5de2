/** Finds what a query asks for in vain. */

import type { Query } from "./monitoring-files.ts";
import { type Matcher, type Selector, selectorsOf } from "./promql.ts";
import type { Sample, ScrapedMetrics } from "./scraped-metrics.ts";

/** They compare a counter with itself of earlier; of anything else they make nonsense. */
const OF_COUNTERS: ReadonlySet<string> = new Set(["rate", "irate", "increase"]);
const OF_GAUGES: ReadonlySet<string> = new Set([
  "delta",
  "deriv",
  "avg_over_time",
  "min_over_time",
  "max_over_time",
]);

/** One sentence for each fault. */
export function faultsOf(query: Query, scraped: ScrapedMetrics): readonly string[] {
  let selectors: readonly Selector[];
  try {
    selectors = selectorsOf(query.expression);
  } catch (error) {
    return [`${query.where}: ${(error as Error).message}`];
  }
  const faults = selectors.flatMap((selector) => selectorFaults(selector, scraped));
  const result = new Set(selectors.flatMap((selector) => labelsOfResult(selector, scraped)));
  const notShown = query.shownLabels.filter((label) => !result.has(label));
  return [...faults, ...notShown.map((label) => `its result has no label ${label}`)].map(
    (fault) => `${query.where}: ${fault}`,
  );
}

function selectorFaults(selector: Selector, scraped: ScrapedMetrics): readonly string[] {
  const { metric, matchers, functions, groupedBy } = selector;
  const samples = scraped.samplesOf(metric);
  if (samples.length === 0) return [`there is no ${metric}`];
  const faults: string[] = [];
  const labels = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
  for (const label of [...matchers.map(({ label }) => label), ...groupedBy])
    if (!labels.has(label)) faults.push(`${metric} has no label ${label}`);
  const wanted = matchers.filter(({ operator }) => operator === "=" || operator === "=~");
  if (!samples.some((sample) => wanted.every((matcher) => matches(sample, matcher))))
    faults.push(`no ${metric} has ${wanted.map(({ label, value }) => `${label} ${value}`).join(", ")}`);
  for (const { label, operator, value } of wanted) {
    const values = operator === "=~" ? value.split("|") : [value];
    for (const each of values)
      if (!samples.some((sample) => matches(sample, { label, operator, value: each })))
        faults.push(`no ${metric} has a ${label} ${each}`);
  }
  return [...faults, ...functionFaults(metric, functions, scraped)];
}

function functionFaults(
  metric: string,
  functions: readonly string[],
  scraped: ScrapedMetrics,
): readonly string[] {
  const type = scraped.typeOf(metric);
  const [innermost = ""] = functions;
  const isGauge = type === "gauge";
  if (OF_COUNTERS.has(innermost) && isGauge) return [`${innermost} of ${metric}, which is a gauge`];
  if (OF_GAUGES.has(innermost) && !isGauge) return [`${innermost} of ${metric}, which is a ${type}`];
  if (functions.includes("histogram_quantile") && !metric.endsWith("_bucket"))
    return [`histogram_quantile of ${metric}, which has no buckets`];
  return [];
}

function matches({ labels }: Sample, { label, operator, value }: Matcher): boolean {
  const has = labels[label] ?? "";
  return operator === "=" ? has === value : new RegExp(`^(?:${value})$`).test(has);
}

function labelsOfResult(
  { metric, groupedBy, isAggregated }: Selector,
  scraped: ScrapedMetrics,
): readonly string[] {
  if (isAggregated) return groupedBy;
  return scraped.samplesOf(metric).flatMap(({ labels }) => Object.keys(labels));
}
