/**
 * The HTTP side of the contract: one request function (bearer token, problem details, one
 * refresh after a 401) and one small function per call the client makes.
 */
import { sendFile, type Watch } from "./upload";
import type {
  Attachment,
  Changes,
  Conversation,
  Me,
  Member,
  Message,
  MessagePage,
  OpenConversation,
  Page,
  Problem,
  Reacted,
  Receipt,
  User,
} from "./wire";

const ROOT = "/api/v1";

/** What this client needs of problem details; all of it where the server wrote them. */
type Refusal = Pick<Problem, "status" | "code" | "detail"> & Partial<Problem>;

/** An answer that says no. `code` is the contract's; `offline` where no answer came at all. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string | null;
  readonly errors: NonNullable<Problem["errors"]>;
  readonly retryAfter: number | null;

  constructor(problem: Refusal, requestId: string | null, retryAfter: number | null = null) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = "ApiError";
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id ?? requestId;
    this.retryAfter = retryAfter;
  }
}

/** Where access tokens come from. `refresh` is asked for one newer than the one refused. */
export interface TokenSource {
  token(): Promise<string>;
  refresh(refused: string): Promise<string>;
}

interface NamedFile {
  blob: Blob;
  name: string;
}

type Query = Record<string, string | number | undefined>;

/** One request without a token: what the login calls use. Throws ApiError. */
export async function send<T>(
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<T> {
  const headers = new Headers({ Accept: "application/json" });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  if (token) headers.set("Authorization", `Bearer ${token}`);
  let response: Response;
  try {
    const payload = body === undefined ? null : JSON.stringify(body);
    response = await fetch(ROOT + path, {
      method,
      headers,
      body: payload,
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError(
      { status: 0, code: "offline", detail: "The server cannot be reached." },
      null,
    );
  }
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export async function problemOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get("X-Request-ID");
  const wait = Number(response.headers.get("Retry-After"));
  const retryAfter = Number.isFinite(wait) && wait > 0 ? wait : null;
  let problem: Refusal;
  try {
    problem = (await response.json()) as Refusal;
    if (typeof problem.code !== "string") throw new TypeError("No problem details.");
  } catch {
    // A proxy in between answers in its own words: what counts is the status.
    const code = response.status >= 502 ? "unavailable" : "internal";
    problem = { status: response.status, code, detail: response.statusText };
  }
  return new ApiError(problem, requestId, retryAfter);
}

export class Api {
  readonly #tokens: TokenSource;

  constructor(tokens: TokenSource) {
    this.#tokens = tokens;
  }

  async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = await this.#tokens.token();
    try {
      return await send<T>(method, path, body, token);
    } catch (error) {
      // A wrong password is a 401 too, and no newer token mends it.
      if (!(error instanceof ApiError) || error.code !== "unauthenticated") throw error;
      return send<T>(method, path, body, await this.#tokens.refresh(token));
    }
  }

  /** A file that no message has taken yet. */
  upload(file: NamedFile, watch: Watch): Promise<Attachment> {
    return this.#sendFile("POST", "/attachments", file, watch);
  }

  setRoomAvatar(id: string, file: NamedFile): Promise<Conversation> {
    return this.#sendFile("PUT", `/conversations/${id}/avatar`, file, {});
  }

  removeRoomAvatar(id: string): Promise<Conversation> {
    return this.request("DELETE", `/conversations/${id}/avatar`);
  }

  setMyAvatar(file: NamedFile): Promise<Me> {
    return this.#sendFile("PUT", "/users/me/avatar", file, {});
  }

  removeMyAvatar(): Promise<Me> {
    return this.request("DELETE", "/users/me/avatar");
  }

  async #sendFile<T>(
    method: "POST" | "PUT",
    path: string,
    file: NamedFile,
    watch: Watch,
  ): Promise<T> {
    const token = await this.#tokens.token();
    try {
      return await sendFile<T>(method, ROOT + path, file, token, watch);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "unauthenticated") throw error;
      const newer = await this.#tokens.refresh(token);
      return sendFile<T>(method, ROOT + path, file, newer, watch);
    }
  }

  /** All of one's conversations, page by page, latest activity first. */
  async conversations(): Promise<Conversation[]> {
    return this.all<Conversation>("/conversations", {});
  }

  publicConversations(query: string): Promise<Page<Conversation>> {
    return this.request("GET", `/conversations/public${search({ query: query || undefined })}`);
  }

  openConversation(id: string, limit: number): Promise<OpenConversation> {
    return this.request("GET", `/conversations/${id}${search({ limit })}`);
  }

  createRoom(room: {
    name: string;
    description?: string;
    public: boolean;
    member_ids: string[];
    client_id: string;
  }): Promise<Conversation> {
    return this.request("POST", "/conversations", { kind: "group", ...room });
  }

  startDirect(userId: string): Promise<Conversation> {
    return this.request("POST", "/conversations", { kind: "direct", user_id: userId });
  }

  members(id: string): Promise<Member[]> {
    return this.all<Member>(`/conversations/${id}/members`, {});
  }

  changeRoom(
    id: string,
    changes: {
      name?: string;
      description?: string;
      public?: boolean;
      edit_window?: number;
      /** Null: as long as the server keeps them. */
      retention_days?: number | null;
    },
  ): Promise<Conversation> {
    return this.request("PATCH", `/conversations/${id}`, changes);
  }

  archive(id: string): Promise<void> {
    return this.request("DELETE", `/conversations/${id}`);
  }

  prefer(id: string, wish: { notify?: string; pinned?: boolean }): Promise<Conversation> {
    return this.request("PATCH", `/conversations/${id}/me`, wish);
  }

  join(id: string): Promise<Member> {
    return this.request("POST", `/conversations/${id}/join`);
  }

  leave(id: string): Promise<void> {
    return this.request("POST", `/conversations/${id}/leave`);
  }

  addMember(id: string, userId: string): Promise<Member> {
    return this.request("POST", `/conversations/${id}/members`, { user_id: userId });
  }

  changeRole(id: string, userId: string, role: Member["role"]): Promise<Member> {
    return this.request("PATCH", `/conversations/${id}/members/${userId}`, { role });
  }

  removeMember(id: string, userId: string): Promise<void> {
    return this.request("DELETE", `/conversations/${id}/members/${userId}`);
  }

  message(id: string): Promise<Message> {
    return this.request("GET", `/messages/${id}`);
  }

  /** Everyone who has read a message, and when. */
  readers(id: string): Promise<Receipt[]> {
    return this.all<Receipt>(`/messages/${id}/reads`, {});
  }

  reactions(id: string): Promise<Reacted[]> {
    return this.all<Reacted>(`/messages/${id}/reactions`, {});
  }

  messages(
    id: string,
    where: { before?: number; after?: number; around?: number; limit?: number },
  ): Promise<MessagePage> {
    return this.request("GET", `/conversations/${id}/messages${search(where)}`);
  }

  changes(id: string, after: number): Promise<Changes> {
    return this.request("GET", `/conversations/${id}/changes${search({ after })}`);
  }

  /** Messages one may see with these words, the newest first. */
  find(
    words: string,
    { inside, cursor, limit }: { inside: string | null; cursor: string | null; limit: number },
  ): Promise<Page<Message>> {
    const query = { q: words, conversation_id: inside, cursor, limit };
    return this.request("GET", `/search${search(query)}`);
  }

  users(query: string): Promise<Page<User>> {
    return this.request("GET", `/users${search({ query: query || undefined, limit: 20 })}`);
  }

  /** A list whole. */
  async all<T>(path: string, query: Query): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | null | undefined;
    do {
      const page: Page<T> = await this.request(
        "GET",
        path + search({ ...query, cursor, limit: 200 }),
      );
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return items;
  }
}

export function search(query: Record<string, string | number | null | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}
