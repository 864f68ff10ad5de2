import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TcpProxy } from "./tcp-proxy.ts";

let server: Server;
let proxy: TcpProxy;
let url: string;
/** What the server was sent. */
let heard: string;
const clients: Socket[] = [];

beforeEach(async () => {
  heard = "";
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      heard += data;
      socket.write(`echo ${data}`);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}/3`;
  proxy = await TcpProxy.start(url);
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.stop();
  server.close();
});

async function connected(): Promise<Socket> {
  const { hostname, port } = new URL(proxy.through(url));
  const client = connect(Number(port), hostname);
  client.on("error", () => {});
  clients.push(client);
  await new Promise<void>((done, failed) => {
    client.once("connect", done);
    client.once("error", failed);
  });
  return client;
}

async function answer(client: Socket, text: string): Promise<string> {
  client.write(text);
  const [data] = await once(client, "data");
  return String(data);
}

/** All that comes until the connection ends, and how it ends. */
async function untilEnd(
  client: Socket,
): Promise<{ readonly text: string; readonly error: string | undefined }> {
  let text = "";
  let error: string | undefined;
  client.on("data", (data) => {
    text += data;
  });
  client.on("error", (reason: NodeJS.ErrnoException) => {
    error = reason.code;
  });
  await new Promise((done) => client.once("close", done));
  return { text, error };
}

it("passes everything on, and keeps the rest of the address", async () => {
  expect(new URL(proxy.through(url)).pathname).toBe("/3");
  expect(proxy.through(url)).not.toBe(url);
  expect(await answer(await connected(), "hello")).toBe("echo hello");
});

it("passes the end of a connection on", async () => {
  const client = await connected();
  const ended = untilEnd(client);
  client.end("bye");
  expect(await ended).toEqual({ text: "echo bye", error: undefined });
});

it.each(["toServer", "toClient"] as const)("delays what goes %s", async (direction) => {
  const client = await connected();
  proxy.impose({ [direction]: { latencyMs: 60 } });
  const begun = performance.now();
  expect(await answer(client, "hello")).toBe("echo hello");
  expect(performance.now() - begun).toBeGreaterThanOrEqual(59);
});

it("is a black hole that takes connections, and lets all out when it is healed", async () => {
  const before = await connected();
  proxy.blackHole();
  const during = await connected();
  let early = 0;
  for (const client of [before, during]) client.on("data", () => early++);
  const answers = [answer(before, "1"), answer(during, "2")];
  // A connection around the black hole gets its answer, so there was the time for the others.
  const around = connect(Number(new URL(url).port), "127.0.0.1");
  clients.push(around);
  expect(await answer(around, "3")).toBe("echo 3");
  expect([early, heard]).toEqual([0, "3"]);
  await proxy.heal();
  expect(await Promise.all(answers)).toEqual(["echo 1", "echo 2"]);
});

it("blocks one way alone: the server hears, and its answer is held", async () => {
  const client = await connected();
  proxy.impose({ toClient: { isBlocked: true } });
  const answered = answer(client, "hello");
  await expect.poll(() => heard).toBe("hello");
  await proxy.heal();
  expect(await answered).toBe("echo hello");
});

it("resets the connections that there are, and takes new ones", async () => {
  const client = await connected();
  await answer(client, "hello");
  const ended = untilEnd(client);
  proxy.reset();
  expect((await ended).error).toBe("ECONNRESET");
  expect(await answer(await connected(), "again")).toBe("echo again");
});

it("cuts a reply after so many bytes", async () => {
  const client = await connected();
  await answer(client, "before");
  proxy.impose({ toClient: { cutAfterBytes: 7 } });
  const ended = untilEnd(client);
  client.write("hello");
  expect((await ended).text).toBe("echo he");
});

it("refuses until it is healed, and leaves the connections that there are", async () => {
  const before = await connected();
  proxy.refuse();
  await expect(connected()).rejects.toThrow("ECONNREFUSED");
  expect(await answer(before, "still")).toBe("echo still");
  await proxy.heal();
  expect(await answer(await connected(), "again")).toBe("echo again");
});
