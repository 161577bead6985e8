/**
 * Catching up: asks for what the reducers say is missing, once per conversation at a time, and
 * resumes everything held when the line is back.
 */
import { type Api, ApiError } from "./api";
import { joinChanges } from "./reduce";
import { LineError, type Socket } from "./socket";
import type { ConversationState, World } from "./state";
import type { Store } from "./store";
import type { Changes, Conversation, Ready } from "./wire";

type ResumeAnswer = Record<string, Changes | { error: { code: string; detail: string } }>;

/** Most conversations asked for in one command. */
const BATCH = 200;
export const PAGE = 50;

export class Catchup {
  readonly #store: Store;
  readonly #api: Api;
  readonly #socket: Socket;
  readonly #running = new Set<string>();
  #ready: Ready | null = null;

  constructor(store: Store, api: Api, socket: Socket) {
    this.#store = store;
    this.#api = api;
    this.#socket = socket;
    store.watch((world) => this.#serve(world));
  }

  /** All of one's conversations. What `ready` told meanwhile is compared afterwards. */
  async list(): Promise<void> {
    const conversations = await this.#api.conversations();
    this.#store.dispatch({ type: "listed", conversations, complete: true });
    await this.#resumeBehind();
  }

  /** The newest page of a conversation. Throws ApiError where one may not see it. */
  async open(id: string): Promise<void> {
    const conversation = await this.#api.openConversation(id, PAGE);
    if (!conversation.me) throw notMember();
    this.#store.dispatch({ type: "opened", conversation });
    const known = this.#store.getSnapshot().conversations[id];
    const told = this.#ready?.conversations.find((summary) => summary.id === id);
    if (known && told && told.last_rev > known.facts.last_rev) {
      this.#store.dispatch({ type: "stale", ids: [id] });
    }
  }

  async members(id: string): Promise<void> {
    this.#store.dispatch({ type: "members", id, members: await this.#api.members(id) });
  }

  forgetLine(): void {
    this.#ready = null;
    this.#running.clear();
  }

  /** The line is open: what has been opened is resumed, and what is behind. */
  async resumed(ready: Ready): Promise<void> {
    this.#ready = ready;
    const told = new Map(ready.conversations.map((summary) => [summary.id, summary.last_rev]));
    await this.resume((c) => {
      const rev = told.get(c.facts.id);
      return c.stretch !== null || c.membersKnown || rev === undefined || rev > c.facts.last_rev;
    });
  }

  /** `sync.resume` for those held conversations that `wanted` picks. */
  async resume(wanted: (c: ConversationState) => boolean): Promise<void> {
    const held = Object.values(this.#store.getSnapshot().conversations);
    const ids = held.filter(wanted).map((c) => c.facts.id);
    for (let at = 0; at < ids.length; at += BATCH)
      await this.#resumeSome(ids.slice(at, at + BATCH));
  }

  async #resumeBehind(): Promise<void> {
    const told = new Map(this.#ready?.conversations.map(({ id, last_rev }) => [id, last_rev]));
    await this.resume((c) => (told.get(c.facts.id) ?? 0) > c.facts.last_rev);
  }

  async #resumeSome(ids: string[]): Promise<void> {
    const free = ids.filter((id) => !this.#running.has(id));
    const { conversations } = this.#store.getSnapshot();
    const cursors: Record<string, number> = {};
    for (const id of free) cursors[id] = conversations[id]?.facts.last_rev ?? 0;
    for (const id of free) this.#running.add(id);
    try {
      const answer = await this.#socket.command<ResumeAnswer>("sync.resume", { cursors });
      await Promise.all(Object.entries(answer).map(([id, part]) => this.#take(id, part)));
    } catch (error) {
      if (!isPassing(error)) throw error;
    } finally {
      for (const id of free) this.#running.delete(id);
      this.#serve(this.#store.getSnapshot());
    }
  }

  async #take(id: string, part: ResumeAnswer[string]): Promise<void> {
    if ("error" in part) this.#store.dispatch({ type: "forgotten", id });
    else this.#store.dispatch({ type: "changes", id, changes: await this.#complete(id, part) });
  }

  /** Starts what the state asks for and what is not under way yet. */
  #serve(world: World): void {
    if (world.line !== "open") return;
    for (const c of Object.values(world.conversations)) {
      if (c.needs) this.#start(c.facts.id, () => this.#catchUp(c.facts.id));
    }
    for (const id of world.unknown) this.#start(id, () => this.#introduce(id));
  }

  #start(id: string, work: () => Promise<void>): void {
    if (this.#running.has(id)) return;
    this.#running.add(id);
    // Dispatching is not allowed inside a dispatch: the work starts in a turn of its own.
    void Promise.resolve().then(async () => {
      try {
        await work();
        this.#running.delete(id);
      } catch (error) {
        this.#failed(id, error);
      }
      this.#serve(this.#store.getSnapshot());
    });
  }

  #failed(id: string, error: unknown): void {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) {
      this.#running.delete(id);
      this.#store.dispatch({ type: "forgotten", id });
      return;
    }
    const pause = error instanceof ApiError && error.retryAfter ? error.retryAfter * 1000 : 2000;
    setTimeout(() => {
      this.#running.delete(id);
      this.#serve(this.#store.getSnapshot());
    }, pause);
    if (!isPassing(error)) throw error;
  }

  async #catchUp(id: string): Promise<void> {
    const c = this.#store.getSnapshot().conversations[id];
    if (c?.needs === "reload") {
      await this.open(id);
      if (c.membersKnown) await this.members(id);
    } else if (c?.needs === "changes") {
      const first = await this.#api.changes(id, c.facts.last_rev);
      this.#store.dispatch({ type: "changes", id, changes: await this.#complete(id, first) });
    }
  }

  async #complete(id: string, first: Changes): Promise<Changes> {
    let all = first;
    while (all.more && !all.reload) {
      all = joinChanges(all, await this.#api.changes(id, all.rev));
    }
    return all;
  }

  async #introduce(id: string): Promise<void> {
    const { messages: _, has_more: __, ...conversation } = await this.#api.openConversation(id, 1);
    this.#store.dispatch({
      type: "listed",
      conversations: [conversation as Conversation],
      complete: false,
    });
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof ApiError || error instanceof LineError;
}

function notMember(): ApiError {
  return new ApiError({ status: 403, code: "not_member", detail: "Not a member." }, null);
}
