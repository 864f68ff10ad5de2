import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type App, askApp } from "./app.ts";
import { broken } from "./breaking.ts";
import { type Manifest, OVERLAYS, type Overlay, render } from "./manifests.ts";
import { AVAILABILITY } from "./promises/availability.ts";
import { CONFIGURATION } from "./promises/configuration.ts";
import { CONFINEMENT } from "./promises/confinement.ts";
import { LIFE_OF_A_POD } from "./promises/life-of-a-pod.ts";
import { MONITORING } from "./promises/monitoring.ts";
import { NETWORK } from "./promises/network.ts";

const kubectl = inject("kubectl");
const PROMISES = [
  ...AVAILABILITY,
  ...LIFE_OF_A_POD,
  ...CONFINEMENT,
  ...CONFIGURATION,
  ...NETWORK,
  ...MONITORING,
];

describe.skipIf(kubectl === undefined)("the manifests", () => {
  const rendered = new Map<Overlay, readonly Manifest[]>();
  let app: App;

  beforeAll(async () => {
    for (const overlay of OVERLAYS) {
      const folder = resolve(import.meta.dirname, "../overlays", overlay);
      rendered.set(overlay, await render(kubectl as string, folder));
    }
    app = await askApp();
  }, 60_000);

  afterAll(() => app?.close());

  const of = (overlay: Overlay) => rendered.get(overlay) as readonly Manifest[];

  describe.each(PROMISES)("promise that $says", ({ overlays = OVERLAYS, faults, breaks }) => {
    it.each(overlays)("in %s", async (overlay) => {
      expect(await faults(of(overlay), app, overlay)).toEqual([]);
    });

    const brokenIn = overlays.includes("production") ? "production" : (overlays[0] as Overlay);

    it.each(breaks.map((change) => ({ change, text: JSON.stringify(change) })))(
      "and it is noticed when $text",
      async ({ change }) => {
        expect(await faults(broken(of(brokenIn), change), app, brokenIn)).not.toEqual([]);
      },
    );
  });
});
