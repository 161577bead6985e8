/** The calls about accounts: one's own, and those that one administers. */
import { type Api, search, send } from "./api";
import type {
  Account,
  Invite,
  Login,
  Me,
  NewAccount,
  NewPersonalToken,
  Page,
  PersonalToken,
  Reset,
  User,
  WorkspaceRole,
} from "./wire";

export interface ProfileChanges {
  display_name?: string;
  email?: string | null;
  locale?: string;
  time_zone?: string | null;
}

export interface NewAccountForm {
  username: string;
  display_name?: string;
  email?: string;
  password?: string;
  role: WorkspaceRole;
}

export class Accounts {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  changeMe(changes: ProfileChanges): Promise<Me> {
    return this.#api.request("PATCH", "/users/me", changes);
  }

  /** All other logins end. */
  changePassword(current: string, next: string): Promise<void> {
    const body = { current_password: current, new_password: next };
    return this.#api.request("POST", "/auth/password", body);
  }

  logins(): Promise<Login[]> {
    return this.#api.all<Login>("/auth/logins", {});
  }

  endLogin(id: string): Promise<void> {
    return this.#api.request("DELETE", `/auth/logins/${id}`);
  }

  tokens(): Promise<PersonalToken[]> {
    return this.#api.all<PersonalToken>("/auth/tokens", {});
  }

  /** The answer is the only place where the secret stands. */
  makeToken(name: string, expiresAt: string | null): Promise<NewPersonalToken> {
    return this.#api.request("POST", "/auth/tokens", { name, expires_at: expiresAt });
  }

  revokeToken(id: string): Promise<void> {
    return this.#api.request("DELETE", `/auth/tokens/${id}`);
  }

  // For admins -------------------------------------------------------------------------------

  accounts(query: string, cursor: string | null): Promise<Page<Account>> {
    const wanted = { query: query || undefined, cursor, limit: 50 };
    return this.#api.request("GET", `/admin/users${search(wanted)}`);
  }

  /** Names by id; whoever is gone is left out. */
  async named(ids: string[]): Promise<Map<string, string>> {
    const found = await Promise.all(
      ids.map((id) => this.#api.request<User>("GET", `/users/${id}`).catch(() => null)),
    );
    const known = found.filter((user) => user !== null);
    return new Map(known.map(({ id, display_name }) => [id, display_name]));
  }

  make(form: NewAccountForm): Promise<NewAccount> {
    return this.#api.request("POST", "/admin/users", form);
  }

  change(id: string, changes: { role?: WorkspaceRole; is_active?: boolean }): Promise<Account> {
    return this.#api.request("PATCH", `/admin/users/${id}`, changes);
  }

  remove(id: string): Promise<void> {
    return this.#api.request("DELETE", `/admin/users/${id}`);
  }

  /** A link by which the person sets a new password once. */
  makeReset(id: string): Promise<Reset> {
    return this.#api.request("POST", `/admin/users/${id}/password`, {});
  }

  invites(): Promise<Invite[]> {
    return this.#api.all<Invite>("/invites", {});
  }

  invite(wish: {
    uses: number | null;
    expires_at: string | null;
    conversation_id: string | null;
  }): Promise<Invite> {
    return this.#api.request("POST", "/invites", wish);
  }

  revokeInvite(id: string): Promise<void> {
    return this.#api.request("DELETE", `/invites/${id}`);
  }
}

/** By the token of a one-time link, without a login. Throws ApiError `gone` where it is spent. */
export function resetPassword(token: string, password: string): Promise<void> {
  return send("POST", "/auth/reset", { token, new_password: password });
}
