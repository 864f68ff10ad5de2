import { describe, expect } from "vitest";
import { browserProgram, explorerTest } from "./visiting.ts";

const FILM = {
  id: "1",
  title: "Posted",
  year: 2026,
  poster: { url: "https://images.example.org/posted.png" },
};
/** One red pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==",
  "base64",
);

describe.skipIf(browserProgram === undefined)("posters on hosts that the operator allows", () => {
  const test = explorerTest({ POSTER_HOSTS: "images.example.org, other.example.org" });
  const mayAsk = ["images.example.org"];

  test("are shown, and tell the host nothing of the page", async ({ visit, put }) => {
    put("me/1.json", FILM);
    const page = await visit("/docs", { mayAsk });
    await page.route("https://images.example.org/**", (route) =>
      route.fulfill({ body: PNG, contentType: "image/png" }),
    );
    const asked = page.waitForRequest("https://images.example.org/posted.png");
    await expect
      .poll(async () => {
        await page.goto(new URL("/?q=posted", page.url()).href);
        await page.getByRole("status").filter({ hasText: /film/i }).waitFor();
        return page.locator(".card img").count();
      })
      .toBe(1);
    expect(await (await asked).headerValue("referer")).toBeNull();
    const image = page.locator(".card img");
    expect(await image.getAttribute("loading")).toBe("lazy");
    expect(await image.evaluate((img) => (img as HTMLImageElement).naturalWidth)).toBe(1);
  });

  test("give way to a tile of the same size when they can't be had", async ({ visit, put }) => {
    put("me/2.json", {
      ...FILM,
      id: "2",
      title: "Posted Twice",
      poster: { url: "https://images.example.org/gone.png" },
    });
    const page = await visit("/docs", { mayAsk });
    const held = Promise.withResolvers<void>();
    await page.route("https://images.example.org/gone.png", async (route) => {
      await held.promise;
      await route.fulfill({ status: 404 });
    });
    await expect
      .poll(async () => {
        await page.goto(new URL("/?q=posted twice", page.url()).href);
        await page.getByRole("status").filter({ hasText: /film/i }).waitFor();
        return page.locator(".card img").count();
      })
      .toBe(1);
    const box = await page.locator(".card").boundingBox();
    held.resolve();
    await page.locator(".card .tile").waitFor();
    expect(await page.locator(".card").boundingBox()).toEqual(box);
  });

  test.for([
    ["http://images.example.org/plain.png", "have no https"],
    ["https://images.example.org:8443/port.png", "are at another port"],
    ["https://images.example.net/other.png", "are elsewhere"],
    ["not an address", "have no address"],
  ])("are not asked for %s", async ([address], { visit, put }) => {
    const title = `Unposted ${(address as string).replaceAll(/\W+/g, " ")}`;
    put(`me/${title.length}.json`, { ...FILM, id: title, title, poster: { url: address } });
    const page = await visit("/docs");
    await expect
      .poll(async () => {
        await page.goto(new URL(`/?q=${title}`, page.url()).href);
        await page.getByRole("status").filter({ hasText: /film/i }).waitFor();
        return page.locator(".card .tile").count();
      })
      .toBe(1);
    expect(await page.locator("img").count()).toBe(0);
  });
});

describe.skipIf(browserProgram === undefined)("posters where the operator allows none", () => {
  const test = explorerTest();

  test("are tiles, and nobody else is asked for anything", async ({ visit, put }) => {
    put("me/1.json", FILM);
    const page = await visit("/docs");
    await expect
      .poll(async () => {
        await page.goto(new URL("/?q=posted", page.url()).href);
        await page.getByRole("status").filter({ hasText: /film/i }).waitFor();
        return page.locator(".card .tile").count();
      })
      .toBe(1);
    expect(await page.locator("img").count()).toBe(0);
  });

  test("could not be loaded even if the page tried", async ({ visit, offences }) => {
    const page = await visit("/");
    await page.locator(".card").first().waitFor();
    const breach = await page.evaluate(async () => {
      const violation = new Promise<string>((resolve) => {
        addEventListener("securitypolicyviolation", ({ violatedDirective }) => resolve(violatedDirective));
      });
      const image = document.createElement("img");
      image.src = "https://images.example.org/any.png";
      document.body.append(image);
      return violation;
    });
    expect(breach).toBe("img-src");
    // And this is how the other tests would know.
    expect(offences.splice(0)).toEqual([
      expect.stringContaining("violates the following Content Security Policy directive"),
      "asked: https://images.example.org/any.png",
    ]);
  });
});
