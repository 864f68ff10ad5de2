import { resolve } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { type Break, broken } from "./breaking.ts";
import { type Manifest, OVERLAYS, render, title } from "./manifests.ts";
import { schemaFaults } from "./schemas/schema-faults.ts";

const kubectl = inject("kubectl");
const overlays = resolve(import.meta.dirname, "../overlays");

const POD = "spec/template/spec";
const BREAKS: readonly Break[] = [
  ["Deployment", `${POD}/terminationGracePeriodSecond`, 60],
  ["Deployment", `${POD}/topologySpreadConstraints/0/maxSkw`, 1],
  ["Deployment", `${POD}/containers/0/readinessProbe/httpGet/pth`, "/"],
  ["Deployment", `${POD}/containers/0/securityContext/readOnlyRootFileSystem`, true],
  ["Deployment", `${POD}/containers/0/resources/limits/memory`, "1 GB"],
  ["Deployment", `${POD}/containers/0/ports/0/containerPort`, "3000"],
  ["Deployment", "spec/strategy/type", "Rolling"],
  ["Deployment", "spec/selector"],
  ["Deployment", "apiVersion", "extensions/v1beta1"],
  ["Service", "metadata/name", "movie_store"],
  ["Service", "metadata/labels/app.kubernetes.io~1name", "the movie store"],
  ["CronJob", "spec/jobTemplate/spec/template/spec/restartPolicy", "Sometimes"],
  ["NetworkPolicy bucket", "spec/egress/0/to/0/ipBlock/cidrs", "10.0.0.0/8"],
  ["ExternalSecret", "spec/data/0/remoteRef/propperty", "username"],
  ["SecretStore", "spec/provider/aws/region"],
  ["TargetGroupBinding", "spec/targetGroupArn", "arn:"],
  ["ServiceMonitor", "spec/endpoints/0/intervall", "15s"],
  ["PrometheusRule", "spec/groups/0/rules/0/for", "2 minutes"],
];

describe.skipIf(kubectl === undefined)("the schemas of Kubernetes and of its operators", () => {
  let rendered: readonly { readonly overlay: string; readonly manifests: readonly Manifest[] }[];
  let faults: readonly (readonly string[])[];
  let breaks: readonly (readonly string[])[];

  beforeAll(async () => {
    rendered = await Promise.all(
      OVERLAYS.map(async (overlay) => ({
        overlay,
        manifests: await render(kubectl as string, resolve(overlays, overlay)),
      })),
    );
    const manifests = rendered.flatMap((each) => each.manifests);
    const production = rendered.find(({ overlay }) => overlay === "production")?.manifests ?? [];
    const planted = BREAKS.map((each) =>
      broken(production, each).find((manifest, index) => manifest !== production[index]),
    ) as Manifest[];
    // The compiler takes seconds to load the types, so it is asked once.
    const found = await schemaFaults([...manifests, ...planted]);
    faults = found.slice(0, manifests.length);
    breaks = found.slice(manifests.length);
  }, 120_000);

  it("have nothing to say about any overlay", () => {
    const titles = rendered.flatMap(({ overlay, manifests }) =>
      manifests.map((manifest) => `${overlay}: ${title(manifest)}`),
    );
    expect(titles.length).toBeGreaterThan(60);
    expect(titles.map((name, index) => [name, faults[index]]).filter(([, found]) => found?.length)).toEqual(
      [],
    );
  });

  it.each(BREAKS.map(([target, path], index) => ({ target, path, index })))(
    "find the fault in $path of a $target",
    ({ index }) => {
      expect(breaks[index]).not.toEqual([]);
    },
  );
});
