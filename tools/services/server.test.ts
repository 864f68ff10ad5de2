import { expect, test } from "vitest";
import { findServer, type Server, type Service, type Way } from "./server.ts";

test("a variable comes before all other ways, which are not even tried", async () => {
  const found = await findServer(service({ ways: [mustNotRun] }), { TEST_FAKE_URL: "fake://given" });
  expect(found.server).toMatchObject({ url: "fake://given", from: "TEST_FAKE_URL" });
});

test("a variable whose server does not answer is an error, not a reason to take another", async () => {
  const search = findServer(
    service({ ping: () => Promise.reject(new Error("connect ECONNREFUSED")), ways: [mustNotRun] }),
    { TEST_FAKE_URL: "fake://given" },
  );
  await expect(search).rejects.toThrow(
    "TEST_FAKE_URL names a server that does not answer: connect ECONNREFUSED",
  );
});

test("an empty variable is none", async () => {
  const found = await findServer(service({ ways: [() => server("Docker")] }), { TEST_FAKE_URL: "" });
  expect(found.server?.from).toBe("Docker");
});

test("the first way that works is taken, and the later ones are not tried", async () => {
  const ways = [fails("no Docker engine answers"), () => server("/usr/bin/faked"), mustNotRun];
  const found = await findServer(service({ ways }), {});
  expect(found.server?.from).toBe("/usr/bin/faked");
  expect(found.reasons).toEqual(["TEST_FAKE_URL is not set", "no Docker engine answers"]);
});

test("where no way works, each says why", async () => {
  const ways = [fails("no Docker engine answers"), fails("no faked on PATH")];
  const found = await findServer(service({ ways }), {});
  expect(found.server).toBeUndefined();
  expect(found.reasons).toEqual(["TEST_FAKE_URL is not set", "no Docker engine answers", "no faked on PATH"]);
});

function service(differences: Partial<Service>): Service {
  return {
    name: "Fake",
    variable: "TEST_FAKE_URL",
    ping: async () => {},
    ways: [],
    programs: "faked",
    ...differences,
  };
}

async function server(from: string): Promise<Server> {
  return { url: "fake://started", from, stop: async () => {} };
}

function fails(reason: string): Way {
  return () => Promise.reject(new Error(reason));
}

function mustNotRun(): never {
  throw new Error("this way must not be tried");
}
