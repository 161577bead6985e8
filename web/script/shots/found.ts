/** Settles a village on a running server: over the API, then the clock of its database is set back. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Api, type Told } from "../../e2e/support/api.ts";
import type { Server } from "../../e2e/support/server.ts";
import type { Said, Village } from "./village.ts";

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
    leave: () => {
      for (const end of ends) end();
    },
  };

  async function say(room: string, said: Said[], unread: number): Promise<void> {
    for (const [who, ago, text] of said) clock.told(room, await know(who).post(room, text), ago);
    if (said.length > unread) await me.read(room, said.length - unread);
  }
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
