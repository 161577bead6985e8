/**
 * The login of this browser: the access token in memory, renewed by the HttpOnly cookie, in one
 * tab for all. Web Locks keep two tabs from renewing at once; the channel shares the result.
 */
import { store, stored } from "@/storage";
import { ApiError, send, type TokenSource } from "./api";
import { withLock } from "./browser";
import type { Grant, Me } from "./wire";

export interface Login {
  user: Me;
  token: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

export interface Registration {
  username: string;
  password: string;
  display_name?: string;
  email?: string;
  /** The code of an invite. */
  invite?: string;
}

type Note = { type: "login"; login: Login } | { type: "out" };

/** `left`: the person has signed out here; otherwise the login was ended for them. */
export type SessionChange = (login: Login | null, previous: Login | null, left: boolean) => void;

const CHANNEL = "trialogue-session";
/** The cookie itself cannot be seen from here; this says whether asking is worth it. */
const HINT = "trialogue.login";
/** Renewing starts this long before the token ends, in milliseconds. */
const MARGIN = 60_000;

export class Session implements TokenSource {
  #login: Login | null = null;
  #leaving = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #channel = new BroadcastChannel(CHANNEL);
  readonly #onChange: SessionChange;

  constructor(onChange: SessionChange) {
    this.#onChange = onChange;
    this.#channel.onmessage = ({ data }: MessageEvent<Note>) => {
      this.#set(data.type === "login" ? data.login : null);
    };
  }

  get login(): Login | null {
    return this.#login;
  }

  /** Looks for a login this browser already has. False: none. Throws where nobody answers. */
  async resume(): Promise<boolean> {
    if (!stored(HINT)) return false;
    try {
      await this.refresh("");
      return true;
    } catch (error) {
      if (isRefused(error)) return false;
      throw error;
    }
  }

  async signIn(username: string, password: string): Promise<void> {
    this.#accept(await send<Grant>("POST", "/auth/login", { username, password }));
  }

  async register(registration: Registration): Promise<void> {
    this.#accept(await send<Grant>("POST", "/auth/register", registration));
  }

  /** Ends the login on the server, by its cookie; throws, still signed in, if that fails. */
  async signOut(): Promise<void> {
    // The server closes the line before it answers: what ends then has been left on purpose.
    this.#leaving = true;
    try {
      await send<void>("POST", "/auth/logout");
      this.end();
    } catch (error) {
      if (!isRefused(error)) throw error;
      this.end();
    } finally {
      this.#leaving = false;
    }
  }

  /** The login has ended, here or elsewhere: every tab of this browser goes to the login page. */
  end(): void {
    if (this.#login) this.#tell({ type: "out" });
    this.#set(null);
  }

  async token(): Promise<string> {
    if (!this.#login) throw signedOut();
    if (this.#login.expiresAt > Date.now()) return this.#login.token;
    return this.refresh(this.#login.token);
  }

  /** A token newer than the refused one: another tab's, if it was faster, else a fresh one. */
  async refresh(refused: string): Promise<string> {
    return withLock("trialogue-refresh", async () => {
      if (this.#login && this.#login.token !== refused) return this.#login.token;
      try {
        return this.#accept(await send<Grant>("POST", "/auth/refresh"));
      } catch (error) {
        if (isRefused(error)) this.end();
        throw error;
      }
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#channel.close();
  }

  #accept(grant: Grant): string {
    const login: Login = {
      user: grant.user,
      token: grant.access_token,
      expiresAt: Date.now() + grant.expires_in * 1000,
    };
    this.#set(login);
    this.#tell({ type: "login", login });
    return login.token;
  }

  #set(login: Login | null): void {
    const previous = this.#login;
    this.#login = login;
    clearTimeout(this.#timer);
    if (login) this.#schedule(login);
    store(HINT, login ? "1" : null);
    if (login !== previous) this.#onChange(login, previous, this.#leaving);
  }

  #schedule(login: Login): void {
    const wait = Math.max(1000, login.expiresAt - Date.now() - MARGIN);
    this.#timer = setTimeout(() => {
      // A failure here is no news: the next request tries again and tells.
      this.refresh(login.token).catch(() => undefined);
    }, wait);
  }

  #tell(note: Note): void {
    this.#channel.postMessage(note);
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403);
}

function signedOut(): ApiError {
  return new ApiError({ status: 401, code: "unauthenticated", detail: "Not signed in." }, null);
}
