/** The API as a program uses it: prepares what a journey needs, and asks what the server holds. */

import type { NamedFile } from "./pictures.ts";

export interface Told {
  id: string;
  seq: number;
  content: string;
  client_id: string;
  sender: { username: string };
}

interface Account {
  user: { id: string; username: string };
  access_token: string;
}

export const PASSWORD = "correct horse battery";

/** One account and what it may do. Throws an Error with the server's words. */
export class Api {
  readonly userId: string;
  readonly username: string;
  readonly #root: () => string;
  readonly #token: string;

  private constructor(root: () => string, account: Account) {
    this.#root = root;
    this.userId = account.user.id;
    this.username = account.user.username;
    this.#token = account.access_token;
  }

  /** `root` is the address of the server, asked for every call. */
  static async register(root: () => string, username: string, name?: string): Promise<Api> {
    const body = { username, password: PASSWORD, ...(name ? { display_name: name } : {}) };
    return new Api(root, await call<Account>(root(), "POST", "/auth/register", body));
  }

  static async login(root: () => string, username: string): Promise<Api> {
    const body = { username, password: PASSWORD };
    return new Api(root, await call<Account>(root(), "POST", "/auth/login", body));
  }

  call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return call(this.#root(), method, path, body, this.#token);
  }

  async makeRoom(name: string, more: Record<string, unknown> = {}): Promise<string> {
    const body = { kind: "group", name, public: true, ...more };
    return (await this.call<{ id: string }>("POST", "/conversations", body)).id;
  }

  async direct(userId: string): Promise<string> {
    const body = { kind: "direct", user_id: userId };
    return (await this.call<{ id: string }>("POST", "/conversations", body)).id;
  }

  join(room: string): Promise<unknown> {
    return this.call("POST", `/conversations/${room}/join`);
  }

  remove(room: string, userId: string): Promise<unknown> {
    return this.call("DELETE", `/conversations/${room}/members/${userId}`);
  }

  post(room: string, content: string): Promise<Told> {
    return this.call("POST", `/conversations/${room}/messages`, { content });
  }

  /** Uploads a file, to be sent with a message or as somebody's picture. */
  async upload<T = { id: string }>(
    file: NamedFile,
    method = "POST",
    path = "/attachments",
  ): Promise<T> {
    const form = new FormData();
    form.append(
      "file",
      new Blob([new Uint8Array(file.buffer)], { type: file.mimeType }),
      file.name,
    );
    const response = await fetch(`${this.#root()}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${this.#token}` },
      body: form,
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return (await response.json()) as T;
  }

  async postAll(room: string, contents: string[]): Promise<void> {
    for (const content of contents) await this.post(room, content);
  }

  read(room: string, seq: number): Promise<unknown> {
    return this.call("PUT", `/conversations/${room}/read`, { seq });
  }

  /** Opens a line of their own, so that others see them online. Returns how to leave. */
  async comeOnline(): Promise<() => void> {
    const line = new WebSocket(`${this.#root().replace("http", "ws")}/ws`, [
      "trialogue",
      this.#token,
    ]);
    await new Promise((resolve, reject) => {
      line.addEventListener("message", resolve, { once: true });
      line.addEventListener("close", reject, { once: true });
    });
    return () => line.close();
  }

  /** The newest messages of a room, at most 200. */
  async messages(room: string): Promise<Told[]> {
    const path = `/conversations/${room}/messages?limit=200`;
    return (await this.call<{ items: Told[] }>("GET", path)).items;
  }

  /** How often a text stands in a room. */
  async count(room: string, content: string): Promise<number> {
    return (await this.messages(room)).filter((message) => message.content === content).length;
  }
}

async function call<T>(
  root: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<T> {
  const response = await fetch(`${root}/api/v1${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
