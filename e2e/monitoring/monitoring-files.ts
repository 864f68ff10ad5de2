/** The dashboard, the alerts and the documentation of the metrics, as far as they ask for something. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(resolve(ROOT, path), "utf8");

export interface Query {
  /** For the message of a failure. */
  readonly where: string;
  readonly expression: string;
  /** Labels that the legend or the text of the alert takes from its result. */
  readonly shownLabels: readonly string[];
}

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<"summary" | "description" | "runbook", string>>;
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

export const ALERTS = (
  parse(read("packages/k8s-manifests/monitoring/alerts.yaml")) as {
    readonly groups: readonly { readonly rules: readonly Alert[] }[];
  }
).groups.flatMap(({ rules }) => rules);

const DASHBOARD = JSON.parse(read("packages/k8s-manifests/monitoring/dashboard.json")) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
};

export const PANELS = DASHBOARD.panels.filter(({ type }) => type !== "row");

export function queries(): readonly Query[] {
  return [
    ...ALERTS.map(({ alert, expr, annotations }) => ({
      where: alert,
      expression: expr,
      shownLabels: labelsIn(Object.values(annotations).join(" "), /\$labels\.(\w+)/g),
    })),
    ...PANELS.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({
        where: `panel "${title}"`,
        expression: filledIn(expr),
        shownLabels: labelsIn(legendFormat, /\{\{(\w+)\}\}/g),
      })),
    ),
    ...DASHBOARD.templating.list.flatMap(({ name, definition }) => {
      if (definition === undefined) return [];
      const [, metric = "", label = ""] = /^label_values\((\w+), (\w+)\)$/.exec(definition) ?? [];
      return [{ where: `variable ${name}`, expression: metric, shownLabels: [label] }];
    }),
  ];
}

/** As Grafana does with its variables. */
function filledIn(expression: string): string {
  return expression.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*");
}

function labelsIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, label]) => label as string);
}

const DOCUMENT = read("docs/observability.md");

export interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly alerts: readonly string[];
}

/** The rows of the table of metrics. */
export const DOCUMENTED: readonly DocumentedMetric[] = DOCUMENT.split("\n")
  .filter((line) => line.startsWith("| `movie_store_"))
  .map((line) => {
    const [name = "", type = "", labels = "", , alerts = ""] = line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
    return {
      name: name.replaceAll("`", ""),
      type,
      labels: labelsIn(labels, /`(\w+)`/g).toSorted(),
      alerts: alerts === "" ? [] : alerts.split(", "),
    };
  });

/** The anchors of its headings, as they are made of them on the usual code hosts. */
export const ANCHORS: ReadonlySet<string> = new Set(
  [...DOCUMENT.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  ),
);
