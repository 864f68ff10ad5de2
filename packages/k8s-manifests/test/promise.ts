import type { App } from "./app.ts";
import type { Break } from "./breaking.ts";
import type { Manifest, Overlay } from "./manifests.ts";

/** Something that the manifests owe, beyond being valid. */
export interface ManifestPromise {
  /** Completes the sentence "In every overlay, …". */
  readonly says: string;
  /** Where it holds; default: in each overlay. It is broken in `production`, or else in the first of them. */
  readonly overlays?: readonly Overlay[];
  /** What is not so; empty: it is kept. */
  readonly faults: (
    manifests: readonly Manifest[],
    app: App,
    overlay: Overlay,
  ) => readonly string[] | Promise<readonly string[]>;
  /** Each breaks it. */
  readonly breaks: readonly Break[];
}

/** The messages whose condition holds. */
export function faultsOf(...checks: readonly (readonly [isFault: boolean, fault: string])[]): string[] {
  return checks.filter(([isFault]) => isFault).map(([, fault]) => fault);
}

/** Whether a selector of labels, which may have no expressions but `In`, selects these. */
export function selects(
  selector: {
    readonly matchLabels?: Readonly<Record<string, string>> | undefined;
    readonly matchExpressions?:
      | readonly {
          readonly key: string;
          readonly operator: string;
          readonly values?: readonly string[] | undefined;
        }[]
      | undefined;
  },
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([name, value]) => labels[name] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      if (operator !== "In") throw new Error(`${operator} is not understood`);
      return values.includes(labels[key] ?? "");
    })
  );
}
