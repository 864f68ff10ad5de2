/** The alert rules as the Prometheus operator takes them. Kustomize can't put a file into a resource as what it says. */

export const ALERTS = new URL("../monitoring/alerts.yaml", import.meta.url);
export const PROMETHEUS_RULE = new URL("../monitoring/prometheus-rule.yaml", import.meta.url);

/** @param alerts a rule file of Prometheus. */
export function prometheusRuleOf(alerts: string): string {
  const rules = alerts.replace(/^#.*\n/gm, "").replace(/^(?=.)/gm, "  ");
  return `# Made of alerts.yaml by \`npm run generate -w @movie-store/k8s-manifests\`.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: movie-store
  labels:
    app.kubernetes.io/name: movie-store
spec:
${rules}`;
}
