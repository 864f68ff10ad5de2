/** What Prometheus has after it has scraped some processes. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const TYPE = /^# TYPE (\w+) (\w+)$/;
const SAMPLE = /^(\w+)(?:\{(.*)\})? \S+$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;
/** What Prometheus adds to every sample. */
const TARGET_LABELS: readonly string[] = ["instance", "job"];

export class ScrapedMetrics {
  readonly #samples: Sample[] = [];
  /** By the name of the metric, without the suffixes of a histogram. */
  readonly types = new Map<string, string>([["up", "gauge"]]);

  /** @param job as the scrape configuration calls it. */
  add(text: string, job: string, instance: string): void {
    this.#samples.push({ name: "up", labels: { job, instance } });
    for (const line of text.split("\n")) {
      const [, metric, type] = TYPE.exec(line) ?? [];
      if (metric !== undefined && type !== undefined) this.types.set(metric, type);
      const [, name, labels = ""] = line.startsWith("#") ? [] : (SAMPLE.exec(line) ?? []);
      if (name === undefined) continue;
      const own = [...labels.matchAll(LABEL)].map(([, label = "", value = ""]) => [label, value]);
      this.#samples.push({ name, labels: { ...Object.fromEntries(own), job, instance } });
    }
  }

  samplesOf(name: string): readonly Sample[] {
    return this.#samples.filter((sample) => sample.name === name);
  }

  /** `undefined` for a name that no process has. */
  typeOf(name: string): string | undefined {
    const parent = name.replace(/_(bucket|sum|count)$/, "");
    const type = this.types.get(name) ?? this.types.get(parent);
    return type;
  }

  /** The labels that a metric gives its samples. */
  labelsOf(metric: string): readonly string[] {
    const ofHistogram = ["_bucket", "_sum", "_count"].flatMap((suffix) => this.samplesOf(metric + suffix));
    const names = [...this.samplesOf(metric), ...ofHistogram].flatMap(({ labels }) => Object.keys(labels));
    return [...new Set(names)].filter((name) => name !== "le" && !TARGET_LABELS.includes(name)).sort();
  }
}
