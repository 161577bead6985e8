import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Courier, Outbox } from "@/sync/outbox";
import { LineError } from "@/sync/socket";
import type { Pending, PendingFile } from "@/sync/state";
import type { Attachment, Message } from "@/sync/wire";
import { message } from "../builders";

/** A server in a few lines: one message per client_id, for ever. */
class Server implements Courier {
  readonly stored: string[] = [];
  readonly tries: string[] = [];
  readonly shown: Pending[] = [];
  /** Names of the files that came, with what was in them. */
  readonly uploaded: [string, string][] = [];
  answer: (item: Pending) => string | null = () => null;
  take: (file: PendingFile, signal: AbortSignal) => Promise<void> = async () => undefined;
  #heard: (() => void)[] = [];

  async send(item: Pending): Promise<Message> {
    this.tries.push(item.client_id);
    const refused = this.answer(item);
    if (refused?.startsWith("after:")) this.#store(item);
    if (refused) throw new LineError(refused.replace("after:", ""), "no");
    this.#store(item);
    return message(this.stored.length, this.stored.length, "me", { client_id: item.client_id });
  }

  async upload(file: PendingFile, blob: Blob, watch: { signal: AbortSignal }): Promise<Attachment> {
    await this.take(file, watch.signal);
    this.uploaded.push([file.name, await blob.text()]);
    this.#tell();
    return { id: `on-server-${this.uploaded.length}`, file_name: file.name } as Attachment;
  }

  progress(): void {}

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

function withFiles(clientId: string, ...names: string[]): [Pending, Map<string, Blob>] {
  const files = names.map((name) => ({
    id: `${clientId}-${name}`,
    name,
    size: 3,
    type: "text/plain",
    width: null,
    height: null,
    sent: 0,
    attachment: null,
  }));
  const blobs = new Map(files.map(({ id, name }) => [id, new Blob([`in ${name}`])]));
  return [{ ...item(clientId), files }, blobs];
}

const refusal = (code: string) => Promise.reject(new LineError(code, "no"));

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

describe("files in the outbox", () => {
  it("are uploaded before their message is sent, which names them", async () => {
    let sent: Pending | undefined;
    server.answer = (pending) => {
      sent = pending;
      return null;
    };
    await outbox.add(...withFiles("a", "one", "two"));
    await server.until(() => server.stored.length === 1);
    expect(server.uploaded).toEqual([
      ["one", "in one"],
      ["two", "in two"],
    ]);
    expect(sent?.files?.map((file) => file.attachment?.id)).toEqual(["on-server-1", "on-server-2"]);
    await outbox.flushAll();
    expect(await outbox.load()).toEqual([]);
    expect(await outbox.file("a-one")).toBeUndefined();
  });

  it("wait for the line with their message, also for the next page load", async () => {
    server.take = () => refusal("offline");
    await outbox.add(...withFiles("a", "one"));
    await outbox.flushAll();
    await outbox.close();
    server.take = async () => undefined;
    outbox = new Outbox(userId, server);
    await outbox.flushAll();
    await server.until(() => server.stored.length === 1);
    expect(server.uploaded).toEqual([["one", "in one"]]);
  });

  it("do not hold up what is written after them", async () => {
    let finish = () => {};
    server.take = () => new Promise((resolve) => (finish = resolve));
    await outbox.add(...withFiles("slow", "film"));
    await outbox.add(item("quick"));
    await server.until(() => server.stored.length === 1);
    expect(server.stored).toEqual(["quick"]);
    finish();
    await server.until(() => server.stored.length === 2);
    expect(server.stored).toEqual(["quick", "slow"]);
  });

  it("that are refused stop their message, and are uploaded anew with the next try", async () => {
    server.take = () => refusal("too_large");
    await outbox.add(...withFiles("a", "one"));
    await server.until(() => server.shown.some(({ state }) => state === "failed"));
    expect((await outbox.load())[0]).toMatchObject({ error: { code: "too_large" } });
    expect(server.tries).toEqual([]);
    server.take = async () => undefined;
    await outbox.retry("a");
    await server.until(() => server.stored.length === 1);
    expect(server.uploaded).toEqual([["one", "in one"]]);
  });

  it("are uploaded anew where the server does not know them any more", async () => {
    server.answer = () => "invalid";
    await outbox.add(...withFiles("a", "one"));
    await server.until(() => server.shown.some(({ state }) => state === "failed"));
    server.answer = () => null;
    await outbox.retry("a");
    await server.until(() => server.stored.length === 1);
    expect(server.uploaded).toHaveLength(2);
  });

  it("can be taken back while they are on their way; the message goes without", async () => {
    let started = () => {};
    const running = new Promise<void>((resolve) => (started = resolve));
    server.take = (file, signal) =>
      file.name === "film"
        ? new Promise((_, reject) => {
            started();
            signal.addEventListener("abort", () => reject(new LineError("offline", "cut")));
          })
        : Promise.resolve();
    await outbox.add(...withFiles("a", "film", "note"));
    await running;
    expect((await outbox.dropFile("a", "a-film"))?.files?.map(({ name }) => name)).toEqual([
      "note",
    ]);
    await server.until(() => server.stored.length === 1);
    expect(server.uploaded).toEqual([["note", "in note"]]);
    expect(await outbox.file("a-film")).toBeUndefined();
  });

  it("that were all there was take their message with them", async () => {
    server.take = () => refusal("offline");
    const [pending, blobs] = withFiles("a", "one");
    await outbox.add({ ...pending, content: "" }, blobs);
    expect(await outbox.dropFile("a", "a-one")).toBeUndefined();
    expect(await outbox.load()).toEqual([]);
  });

  it("whose bytes have gone say so", async () => {
    const [pending] = withFiles("a", "one");
    await outbox.add(pending);
    await server.until(() => server.shown.some(({ state }) => state === "failed"));
    expect((await outbox.load())[0]).toMatchObject({ error: { code: "file_lost" } });
  });
});
