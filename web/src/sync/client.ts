/**
 * The client without its pages: joins session, store, line, outbox and catching up, and offers
 * what a person can do. One per tab.
 */
import { Accounts } from "./accounts";
import { Api } from "./api";
import { Assistants } from "./assistants";
import { randomId } from "./browser";
import { Catchup, PAGE } from "./catchup";
import { Deeds } from "./deeds";
import { Outbox } from "./outbox";
import { Previews } from "./previews";
import { Providers } from "./providers";
import { Reads } from "./reads";
import { Replies } from "./replies";
import { type Login, Session } from "./session";
import { Socket } from "./socket";
import type { Pending, PendingFile } from "./state";
import { Store } from "./store";
import { Streams } from "./streams";
import { hasNewer } from "./stretch";
import { Typing } from "./typing";
import type { Conversation, Frame, Me, Membership, Message, Ready } from "./wire";

/** From this size on presence must be asked for, see `presence` in the contract. */
const WATCHED_FROM = 50;
const LONGEST_PAUSE = 15_000;

/** A file that is to be sent, with what the page knows of it. */
export interface NewFile {
  file: File;
  width: number | null;
  height: number | null;
}

type Notify = Membership["notify"];

export class Client {
  readonly store = new Store();
  readonly session = new Session((login, previous, left) => {
    if (login?.user.id === previous?.user.id) return;
    if (previous) this.#goOut(left);
    if (login) this.#comeIn(login);
  });
  readonly api = new Api(this.session);
  readonly accounts = new Accounts(this.api);
  readonly assistants = new Assistants(this.api);
  readonly providers = new Providers(this.api);
  readonly #socket: Socket;
  readonly #catchup: Catchup;
  readonly #reads: Reads;
  readonly #typing: Typing;
  readonly deeds: Deeds;
  readonly replies: Replies;
  readonly streams: Streams;
  readonly previews = new Previews();
  readonly #watched = new Set<string>();
  #outbox: Outbox | null = null;

  constructor(lineUrl: string) {
    this.#socket = new Socket(lineUrl, () => this.session.token(), {
      frame: (frame) => this.#hear(frame),
      status: (line) => this.store.dispatch({ type: "line", line }),
      refused: (token) => this.session.refresh(token),
      ended: () => this.session.end(),
    });
    this.#catchup = new Catchup(this.store, this.api, this.#socket);
    this.#reads = new Reads((id, seq) =>
      this.#socket.command("reads.mark", { conversation_id: id, seq }),
    );
    this.#typing = new Typing(
      (id, typing) => {
        // Nobody misses it where it does not arrive.
        this.#socket.command("typing.set", { conversation_id: id, typing }).catch(() => undefined);
      },
      (frame) => this.store.dispatch({ type: "frame", frame }),
    );
    this.deeds = new Deeds(this.store, this.api, this.#socket);
    this.replies = new Replies(this.store, this.api, this.#socket);
    this.streams = new Streams(this.#socket);
    this.store.tap((action) => this.streams.heed(action));
  }

  /** Finds out whether this browser is signed in; asks until somebody answers. */
  async start(): Promise<void> {
    for (let pause = 1000; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        if (!(await this.session.resume())) this.store.dispatch({ type: "signed-out" });
        return;
      } catch {
        this.store.dispatch({ type: "unreachable" });
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /** The network or the page is back. */
  hurry(): void {
    this.#socket.hurry();
  }

  open(id: string): Promise<void> {
    return this.#catchup.open(id).then(() => this.#showPending());
  }

  members(id: string): Promise<void> {
    return this.#catchup.members(id);
  }

  /** Asks for presence of a large conversation while it is looked at. Returns how to stop. */
  watch(id: string): () => void {
    this.#watched.add(id);
    this.#askPresence(id);
    return () => this.#watched.delete(id);
  }

  async older(id: string): Promise<void> {
    const stretch = this.store.getSnapshot().conversations[id]?.stretch;
    const before = stretch?.messages[0]?.seq;
    if (stretch?.hasOlder && before !== undefined) await this.#page(id, "older", { before });
  }

  async newer(id: string): Promise<void> {
    const c = this.store.getSnapshot().conversations[id];
    const after = c?.stretch?.messages.at(-1)?.seq;
    if (c && after !== undefined && hasNewer(c.stretch, c.facts.last_seq)) {
      await this.#page(id, "newer", { after });
    }
  }

  around(id: string, seq: number): Promise<void> {
    return this.#page(id, "instead", { around: seq });
  }

  newest(id: string): Promise<void> {
    return this.#page(id, "instead", {});
  }

  /** On the screen now, in the outbox before it is sent. `client_id` is the item's for ever. */
  async send(
    conversationId: string,
    content: string,
    { parentId, files = [] }: { parentId?: string | undefined; files?: NewFile[] } = {},
  ): Promise<void> {
    const blobs = new Map(files.map(({ file }) => [randomId(), file]));
    const ids = [...blobs.keys()];
    for (const [id, file] of blobs) this.previews.add(id, file);
    const item: Pending = {
      client_id: randomId(),
      conversation_id: conversationId,
      content,
      ...(parentId ? { parent_id: parentId } : {}),
      ...(files.length > 0 && { files: files.map((file, at) => waiting(ids[at] ?? "", file)) }),
      created_at: new Date().toISOString(),
      attempts: 0,
      state: "waiting",
    };
    this.store.dispatch({ type: "pending", item });
    await this.#outbox?.add(item, blobs);
  }

  async retry(clientId: string): Promise<void> {
    await this.#outbox?.retry(clientId);
  }

  async discard(conversationId: string, clientId: string): Promise<void> {
    const { pending = [] } = this.store.getSnapshot().conversations[conversationId] ?? {};
    const item = pending.find((known) => known.client_id === clientId);
    await this.#outbox?.discard(clientId);
    for (const { id } of item?.files ?? []) this.previews.drop(id);
    this.store.dispatch({ type: "settled", id: conversationId, clientId });
  }

  /** The message goes without this file; without any file and text it does not go at all. */
  async dropFile(conversationId: string, clientId: string, fileId: string): Promise<void> {
    const left = await this.#outbox?.dropFile(clientId, fileId);
    this.previews.drop(fileId);
    if (left) this.store.dispatch({ type: "pending", item: left });
    else this.store.dispatch({ type: "settled", id: conversationId, clientId });
  }

  read(id: string, seq: number): void {
    const c = this.store.getSnapshot().conversations[id];
    if (!c || c.me.read_seq >= seq) return;
    this.store.dispatch({ type: "read", id, seq });
    this.#reads.mark(id, seq);
  }

  /** One writes in a conversation, or no longer. */
  typing(id: string, typing: boolean): void {
    this.#typing.set(id, typing);
  }

  /** Keeps how one wants to be told of a conversation, and where it stands. */
  async prefer(id: string, wish: { notify?: Notify; pinned?: boolean }): Promise<void> {
    this.adopt(await this.api.prefer(id, wish));
  }

  /** One's own account as a call has just answered it. */
  known(me: Me): void {
    this.store.dispatch({ type: "known", me });
  }

  async join(id: string): Promise<void> {
    await this.api.join(id);
    await this.open(id);
  }

  async leave(id: string): Promise<void> {
    await this.api.leave(id);
    this.store.dispatch({ type: "forgotten", id });
  }

  /** Takes in a conversation that a call has just made. */
  adopt(conversation: Conversation): void {
    this.store.dispatch({ type: "listed", conversations: [conversation], complete: false });
  }

  #comeIn(login: Login): void {
    this.store.dispatch({ type: "signed-in", me: login.user });
    this.#outbox = new Outbox(login.user.id, {
      send: (item) => this.#deliver(item),
      upload: (file, blob, watch) => this.api.upload({ blob, name: file.name }, watch),
      changed: (item) => this.#changed(item),
      progress: ({ conversation_id: id, client_id: clientId }, fileId, sent) =>
        this.store.dispatch({ type: "progress", id, clientId, fileId, sent }),
      delivered: (item, message) =>
        this.store.dispatch({ type: "acknowledged", id: item.conversation_id, message }),
    });
    this.#socket.open();
    void this.#list();
  }

  /** What waits to be sent stays for the next login, unless the person has signed out. */
  #goOut(wipe: boolean): void {
    this.#socket.close();
    this.#reads.clear();
    this.#typing.clear();
    this.#catchup.forgetLine();
    const outbox = this.#outbox;
    this.#outbox = null;
    this.previews.clear();
    void (wipe ? outbox?.destroy() : outbox?.close());
    this.store.dispatch({ type: "signed-out" });
  }

  async #list(): Promise<void> {
    for (let pause = 1000; this.session.login; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        await this.#catchup.list();
        return await this.#showPending();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  async #showPending(): Promise<void> {
    const outbox = this.#outbox;
    for (const item of (await outbox?.load()) ?? []) {
      for (const { id } of item.files ?? []) {
        const blob = this.previews.urlOf(id) ? undefined : await outbox?.file(id);
        if (blob) this.previews.add(id, blob);
      }
      this.store.dispatch({ type: "pending", item });
    }
  }

  #changed(item: Pending): void {
    for (const { id, attachment } of item.files ?? []) {
      if (attachment) this.previews.rename(id, attachment.id);
    }
    this.store.dispatch({ type: "pending", item });
  }

  #hear(frame: Frame): void {
    if (frame.event === "ready") this.#begin(frame.data as Ready);
    else if (frame.event === "resync") void this.#resync(frame.conversation_id);
    else {
      if (frame.event === "typing") this.#typing.hear(frame);
      this.store.dispatch({ type: "frame", frame });
    }
  }

  #begin(ready: Ready): void {
    const { generation } = this.store.getSnapshot();
    if (generation !== null && generation !== String(ready.generation)) {
      // A restored server: numbers may mean something else now.
      this.store.dispatch({ type: "signed-in", me: ready.user });
      this.store.dispatch({ type: "line", line: "open" });
      void this.#list();
    }
    this.store.dispatch({ type: "ready", ready });
    void this.#catchup.resumed(ready);
    void this.#outbox?.flushAll();
    this.#reads.flush();
    for (const id of this.#watched) this.#askPresence(id);
  }

  #resync(id: string | undefined): Promise<void> {
    this.streams.resume();
    return this.#catchup.resume((c) => id === undefined || c.facts.id === id);
  }

  #deliver(item: Pending): Promise<Message> {
    const { conversation_id, content, client_id, parent_id, files = [] } = item;
    const attachment_ids = files.flatMap(({ attachment }) => attachment?.id ?? []);
    const more = { ...(parent_id && { parent_id }), ...(files.length > 0 && { attachment_ids }) };
    return this.#socket.command("messages.send", { conversation_id, content, client_id, ...more });
  }

  #askPresence(id: string): void {
    const count = this.store.getSnapshot().conversations[id]?.facts.member_count ?? 0;
    if (count <= WATCHED_FROM) return;
    this.#socket.command("presence.watch", { conversation_id: id }).catch(() => undefined);
  }

  async #page(
    id: string,
    place: "older" | "newer" | "instead",
    where: { before?: number; after?: number; around?: number },
  ): Promise<void> {
    this.store.dispatch({ type: "paging", id, on: true });
    try {
      const page = await this.api.messages(id, { ...where, limit: PAGE });
      this.store.dispatch({ type: "page", id, page, place });
    } finally {
      this.store.dispatch({ type: "paging", id, on: false });
    }
  }
}

function waiting(id: string, { file, width, height }: NewFile): PendingFile {
  const { name, size, type } = file;
  return { id, name, size, type, width, height, sent: 0, attachment: null };
}
