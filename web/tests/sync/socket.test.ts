import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type WebSocket as ServerSocket, WebSocketServer } from "ws";
import { LineError, Socket } from "@/sync/socket";

const TIMES = { firstPause: 5, longestPause: 20, idle: 10_000, answer: 10_000 };

let server: WebSocketServer;
let url: string;
let line: Socket;
let events: string[];
let tokens: string[];
let waiting: { test: () => boolean; resolve: () => void }[];

/** Resolves as soon as `test` holds, looked at after each event. */
function until(test: () => boolean): Promise<void> {
  if (test()) return Promise.resolve();
  return new Promise((resolve) => waiting.push({ test, resolve }));
}

function note(event: string): void {
  events.push(event);
  for (const { test, resolve } of waiting) if (test()) resolve();
}

const count = (event: string) => events.filter((other) => other === event).length;

function connect(times = TIMES): void {
  let token = 0;
  line = new Socket(
    url,
    async () => `token-${token}`,
    {
      frame: ({ event }) => note(event),
      status: (status) => note(`line ${status}`),
      refused: async () => {
        token += 1;
        note("refused");
      },
      ended: () => note("ended"),
    },
    times,
  );
  line.open();
}

function serve(meet: (socket: ServerSocket, index: number) => void): void {
  let index = 0;
  server.on("connection", (socket, request) => {
    tokens.push(String(request.headers["sec-websocket-protocol"]).split(", ")[1] ?? "");
    note("connection");
    meet(socket, index++);
  });
}

const ready = (socket: ServerSocket) => socket.send(JSON.stringify({ event: "ready", data: {} }));

function answerAll(socket: ServerSocket): void {
  ready(socket);
  socket.on("message", (text) => {
    const { id, do: name } = JSON.parse(String(text));
    note(`asked ${name}`);
    if (name === "bad") {
      socket.send(JSON.stringify({ id, ok: false, error: { code: "invalid", detail: "no" } }));
    } else socket.send(JSON.stringify({ id, ok: true, data: { name } }));
  });
}

beforeEach(async () => {
  events = [];
  tokens = [];
  waiting = [];
  server = new WebSocketServer({ port: 0, handleProtocols: () => "trialogue" });
  await new Promise((resolve) => server.once("listening", resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
});
afterEach(async () => {
  line.close();
  for (const client of server.clients) client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

describe("the line", () => {
  it("carries commands and their answers", async () => {
    serve(answerAll);
    connect();
    await until(() => events.includes("ready"));
    expect(await line.command("any", {})).toEqual({ name: "any" });
    await expect(line.command("bad")).rejects.toMatchObject({ code: "invalid", detail: "no" });
  });

  it("says at once that it is cut when there is no connection", async () => {
    serve(() => undefined);
    connect();
    await expect(line.command("any")).rejects.toBeInstanceOf(LineError);
  });

  it.each([1012, 1013, 4408])("comes back after %i", async (code) => {
    serve((socket, index) => (index === 0 ? socket.close(code) : answerAll(socket)));
    connect();
    await until(() => events.includes("ready"));
    expect(count("connection")).toBe(2);
  });

  it("rejects what was under way when the connection breaks, and comes back", async () => {
    serve((socket, index) => {
      if (index > 0) return answerAll(socket);
      ready(socket);
      socket.on("message", () => socket.terminate());
    });
    connect();
    await until(() => events.includes("ready"));
    await expect(line.command("any")).rejects.toMatchObject({ code: "cut" });
    await until(() => count("ready") === 2);
  });

  it("asks for a new token after 4001", async () => {
    serve((socket, index) => (index === 0 ? socket.close(4001) : answerAll(socket)));
    connect();
    await until(() => events.includes("ready"));
    expect(tokens).toEqual(["token-0", "token-1"]);
  });

  it("stays away after 4009", async () => {
    serve((socket) => socket.close(4009));
    connect();
    await until(() => events.includes("ended"));
    expect(events.at(-1)).toBe("ended");
    expect(events).toContain("line closed");
    expect(count("connection")).toBe(1);
  });

  it("asks whether a silent server is there, and leaves one that does not answer", async () => {
    serve((socket, index) => (index === 0 ? ready(socket) : answerAll(socket)));
    connect({ ...TIMES, idle: 40, answer: 1000 });
    await until(() => count("ready") === 2);
    await until(() => events.includes("asked ping"));
    expect(count("connection")).toBe(2);
  });
});
