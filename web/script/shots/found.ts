/** Settles a village on a running server: over the API, then the clock of its database is set back. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Api, type Told } from "../../e2e/support/api.ts";
import type { Server } from "../../e2e/support/server.ts";
import { sample } from "./samples.ts";
import type { Aftermath, Said, Village } from "./village.ts";

export interface Settled {
  server: Server;
  /** Who looks at the pages. */
  name: string;
  username: string;
  /** Usernames of the others. */
  others: string[];
  /** The rooms one is in, in the order of the village, and one that one could join. */
  rooms: string[];
  openId: string;
  /** What is searched for. */
  asked: string;
  /** Those who are online go. */
  leave: () => void;
}

export async function settle(
  server: Server,
  village: Village,
  strangers: string[],
): Promise<Settled> {
  const root = () => server.url;
  const people = new Map<string, Api>();
  for (const name of [village.me, ...village.others]) {
    people.set(name, await Api.register(root, usernameOf(name), name));
  }
  const crowd = await Promise.all(
    strangers.map((name) => Api.register(root, usernameOf(name), name)),
  );
  const know = (name: string) => {
    const person = people.get(name);
    if (!person) throw new Error(`Nobody is called ${name}.`);
    return person;
  };
  const clock = new Clock(server);
  const me = know(village.me);
  const open: string[] = [];
  for (const { name, description, founder } of village.open) {
    open.push(await know(founder).makeRoom(name, description ? { description } : {}));
  }
  const rooms: string[] = [];
  for (const { said, members, unread, ...room } of village.rooms) {
    const isLarge = unread > 99;
    const present = isLarge ? [...people.values(), ...crowd] : members.map(know);
    const memberIds = present.map((person) => person.userId).filter((id) => id !== me.userId);
    const id = await me.makeRoom(room.name, { ...room, member_ids: memberIds });
    rooms.push(id);
    clock.made(id, 50);
    await say(id, said, unread);
  }
  for (const { with: name, said, unread } of village.directs) {
    await say(await me.direct(know(name).userId), said, unread);
  }
  const others = village.others.map(know);
  await live(rooms, people, village);
  clock.seen(others.slice(village.online).map((person) => person.userId));
  clock.close();
  const online = others.slice(0, village.online).map((person) => person.comeOnline());
  const ends = await Promise.all(online);
  return {
    server,
    name: village.me,
    username: me.username,
    others: others.map((person) => person.username),
    rooms,
    openId: open[0] as string,
    asked: village.asked,
    leave: () => {
      for (const end of ends) end();
    },
  };

  async function say(room: string, said: Said[], unread: number): Promise<void> {
    const told: Told[] = [];
    for (const [who, ago, text, more = {}] of said) {
      const answered = more.answers === undefined ? undefined : told[more.answers];
      const attachment_ids: string[] = [];
      for (const name of more.files ?? []) {
        attachment_ids.push((await know(who).upload(sample(name))).id);
      }
      const parent = answered ? { parent_id: answered.id } : {};
      const body = { content: text, ...parent, attachment_ids };
      const path = `/conversations/${room}/messages`;
      const message = await know(who).call<Told>("POST", path, body);
      told.push(message);
      await follow(message, know(who), more);
      clock.told(room, message, ago);
    }
    const read = told[said.length - unread - 1];
    if (read) await me.read(room, read.seq);
  }

  async function follow(message: Told, writer: Api, more: Aftermath): Promise<void> {
    const path = `/messages/${message.id}`;
    if (more.edited) await writer.call("PATCH", path, { content: more.edited });
    if (more.recalled) await writer.call("DELETE", path);
    for (const [emoji, names] of Object.entries(more.reactions ?? {})) {
      for (const name of names) {
        await know(name).call("PUT", `${path}/reactions/${encodeURIComponent(emoji)}`);
      }
    }
  }
}

/** What people have done to their rooms, so that the rooms tell of it. */
async function live(rooms: string[], people: Map<string, Api>, village: Village): Promise<void> {
  const [me, first, second] = [village.me, ...village.others].map((name) => people.get(name));
  if (!me || !first || !second) throw new Error("The village is too small.");
  const [usual, lunch, release] = rooms as [string, string, string];
  await me.call("PATCH", `/conversations/${usual}/members/${first.userId}`, { role: "admin" });
  const { last_seq } = await me.call<{ last_seq: number }>("GET", `/conversations/${usual}`);
  for (const reader of [first, second]) await reader.read(usual, last_seq);
  await second.upload(sample("me-401x400.png"), "PUT", "/users/me/avatar");
  await me.upload(sample("plans-402x400.png"), "PUT", `/conversations/${usual}/avatar`);
  await me.call("PATCH", `/conversations/${usual}/me`, { pinned: true });
  await me.call("PATCH", `/conversations/${lunch}/me`, { notify: "mentions" });
  await me.call("PATCH", `/conversations/${release}/me`, { notify: "none" });
  for (const uses of [1, 25]) await me.call("POST", "/invites", { uses, conversation_id: usual });
  await me.call("POST", "/auth/tokens", { name: "Build bot" });
  const inactive = people.get(village.others.at(-1) ?? "");
  await me.call("PATCH", `/admin/users/${inactive?.userId}`, { is_active: false });
  await me.call("PATCH", `/admin/users/${second.userId}`, { role: "admin" });
}

/** Usernames are letters, digits and a few signs; what else a name has is left out. */
function usernameOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ".")
    .slice(0, 30);
}

/** The past: what was just said is moved back in the database. */
class Clock {
  readonly #db: DatabaseSync;

  constructor(server: Server) {
    this.#db = new DatabaseSync(join(server.folder, "data/trialogue.db"), { timeout: 10_000 });
  }

  made(room: string, daysAgo: number): void {
    this.#db
      .prepare("UPDATE chat_conversations SET created_at = ? WHERE id = ?")
      .run(moment(daysAgo * 24 * 60), room);
  }

  told(room: string, message: Told, ago: number): void {
    const at = moment(ago);
    this.#db
      .prepare("UPDATE chat_messages SET created_at = ? WHERE conversation_id = ? AND seq = ?")
      .run(at, room, message.seq);
    this.#db
      .prepare("UPDATE chat_conversations SET last_message_at = ? WHERE id = ?")
      .run(at, room);
  }

  seen(userIds: string[]): void {
    const update = this.#db.prepare("UPDATE chat_users SET last_seen_at = ? WHERE id = ?");
    for (const [index, id] of userIds.entries()) update.run(moment(7 * 9 ** index), id);
  }

  close(): void {
    this.#db.close();
  }
}

/** As SQLAlchemy writes a moment to SQLite. */
function moment(minutesAgo: number): string {
  const iso = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}000`;
}
