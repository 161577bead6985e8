import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Courier, Outbox } from "@/sync/outbox";
import { LineError } from "@/sync/socket";
import type { Pending } from "@/sync/state";
import type { Message } from "@/sync/wire";
import { message } from "../builders";

/** A server in a few lines: one message per client_id, for ever. */
class Server implements Courier {
  readonly stored: string[] = [];
  readonly tries: string[] = [];
  readonly shown: Pending[] = [];
  answer: (item: Pending) => string | null = () => null;
  #heard: (() => void)[] = [];

  async send(item: Pending): Promise<Message> {
    this.tries.push(item.client_id);
    const refused = this.answer(item);
    if (refused?.startsWith("after:")) this.#store(item);
    if (refused) throw new LineError(refused.replace("after:", ""), "no");
    this.#store(item);
    return message(this.stored.length, this.stored.length, "me", { client_id: item.client_id });
  }

  changed(item: Pending): void {
    this.shown.push(item);
    this.#tell();
  }

  delivered(): void {
    this.#tell();
  }

  /** Resolves once `done` holds, looked at after each thing that happens. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => this.#heard.push(resolve));
  }

  #store(item: Pending): void {
    if (!this.stored.includes(item.client_id)) this.stored.push(item.client_id);
  }

  #tell(): void {
    for (const heard of this.#heard.splice(0)) heard();
  }
}

let userId: string;
let server: Server;
let outbox: Outbox;

function item(clientId: string, conversationId = "room"): Pending {
  return {
    client_id: clientId,
    conversation_id: conversationId,
    content: clientId,
    created_at: new Date().toISOString(),
    attempts: 0,
    state: "waiting",
  };
}

beforeEach(() => {
  userId = crypto.randomUUID();
  server = new Server();
  outbox = new Outbox(userId, server);
});
afterEach(() => outbox.close());

describe("the outbox", () => {
  it("delivers in the order of writing and keeps nothing", async () => {
    await Promise.all(["a", "b", "c"].map((id) => outbox.add(item(id))));
    await server.until(() => server.stored.length === 3);
    await outbox.flushAll();
    expect(server.stored).toEqual(["a", "b", "c"]);
    expect(await outbox.load()).toEqual([]);
  });

  it("keeps what the line could not carry, also for the next page load", async () => {
    server.answer = () => "cut";
    await outbox.add(item("a"));
    await outbox.add(item("b"));
    await server.until(() => server.shown.length > 0);
    await outbox.close();
    server.answer = () => null;
    outbox = new Outbox(userId, server);
    expect((await outbox.load()).map(({ client_id }) => client_id)).toEqual(["a", "b"]);
    await outbox.flushAll();
    expect(server.stored).toEqual(["a", "b"]);
  });

  it("sends the same client_id again when only the answer was lost", async () => {
    server.answer = () => "after:cut";
    await outbox.add(item("a"));
    await server.until(() => server.shown.length > 0);
    server.answer = () => null;
    await outbox.flushAll();
    expect(server.tries.length).toBeGreaterThan(1);
    expect(server.stored).toEqual(["a"]);
    expect(await outbox.load()).toEqual([]);
  });

  it("marks what is refused for good and goes on with the next one", async () => {
    server.answer = ({ client_id }) => (client_id === "bad" ? "forbidden" : null);
    await outbox.add(item("bad"));
    await outbox.add(item("good"));
    await server.until(() => server.stored.length === 1);
    await outbox.flushAll();
    const [kept] = await outbox.load();
    expect(kept).toMatchObject({ client_id: "bad", state: "failed", error: { code: "forbidden" } });
    server.answer = () => null;
    await outbox.retry("bad");
    await server.until(() => server.stored.includes("bad"));
  });

  it("forgets what its writer discards", async () => {
    server.answer = () => "not_member";
    await outbox.add(item("a"));
    await server.until(() => server.shown.some(({ state }) => state === "failed"));
    await outbox.discard("a");
    expect(await outbox.load()).toEqual([]);
  });

  it("does not send twice from two tabs", async () => {
    server.answer = () => "cut";
    await outbox.add(item("a"));
    await server.until(() => server.shown.length > 0);
    server.tries.length = 0;
    server.answer = () => null;
    const other = new Outbox(userId, server);
    await Promise.all([outbox.flushAll(), other.flushAll()]);
    expect(server.tries).toEqual(["a"]);
    await other.close();
  });

  it("is gone from the browser once its user has signed out", async () => {
    server.answer = () => "cut";
    await outbox.add(item("a"));
    await outbox.destroy();
    outbox = new Outbox(userId, server);
    expect(await outbox.load()).toEqual([]);
  });
});
