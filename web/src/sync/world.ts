/**
 * The reducer of everything the client knows: routes what happened to the conversation it is
 * about, and keeps people and their presence, once for all conversations. Pure.
 */
import { wishKey } from "./reactions";
import * as one from "./reduce";
import type { ConversationState, Line, Pending, World } from "./state";
import { emptyWorld } from "./state";
import type { PagePlace } from "./stretch";
import type {
  Changes,
  Conversation,
  Feedback,
  Frame,
  Me,
  Member,
  Message,
  MessagePage,
  OpenConversation,
  PresenceChange,
  Ready,
  User,
} from "./wire";

export type Action =
  | { type: "signed-in"; me: Me }
  | { type: "signed-out" }
  | { type: "unreachable" }
  | { type: "line"; line: Line }
  | { type: "listed"; conversations: Conversation[]; complete: boolean }
  | { type: "opened"; conversation: OpenConversation }
  | { type: "page"; id: string; page: MessagePage; place: PagePlace }
  | { type: "paging"; id: string; on: boolean }
  | { type: "members"; id: string; members: Member[] }
  | { type: "changes"; id: string; changes: Changes }
  | { type: "frame"; frame: Frame }
  | { type: "ready"; ready: Ready }
  | { type: "stale"; ids: string[] }
  | { type: "forgotten"; id: string }
  | { type: "pending"; item: Pending }
  | { type: "progress"; id: string; clientId: string; fileId: string; sent: number }
  | { type: "settled"; id: string; clientId: string }
  | { type: "acknowledged"; id: string; message: Message }
  | { type: "read"; id: string; seq: number }
  | { type: "quoted"; id: string; messageId: string; message: Message | null }
  | { type: "recalled"; id: string; messageId: string; content: string }
  | { type: "wish"; id: string; messageId: string; emoji: string; on: boolean | null }
  | { type: "rated"; id: string; messageId: string; feedback: Feedback }
  | { type: "known"; me: Me }
  | { type: "users"; users: User[] };

export function reduce(world: World, action: Action): World {
  switch (action.type) {
    case "signed-in":
      return signedIn(world, action.me);
    case "signed-out":
      return { ...emptyWorld, phase: "signed-out" };
    case "unreachable":
      return { ...world, phase: "unreachable" };
    case "line":
      return world.line === action.line ? world : { ...world, line: action.line };
    case "listed":
      return applyList(world, action.conversations, action.complete);
    case "opened":
      return applyOpened(world, action.conversation);
    case "frame":
      return applyFrame(world, action.frame);
    case "ready":
      return applyReady(world, action.ready);
    case "stale":
      return action.ids.reduce((w, id) => change(w, id, needChanges), world);
    case "forgotten":
      return forget(world, action.id);
    case "known":
      return withNames({ ...world, me: action.me }, [action.me]);
    case "users":
      return withUsers(world, action.users);
    default:
      return applyToOne(world, action);
  }
}

function signedIn(world: World, me: Me): World {
  const { line, limits } = world;
  return { ...emptyWorld, phase: "signed-in", line, limits, me, users: { [me.id]: me } };
}

type OneAction = Extract<
  Action,
  {
    type:
      | "page"
      | "paging"
      | "members"
      | "changes"
      | "pending"
      | "progress"
      | "settled"
      | "acknowledged"
      | "read"
      | "quoted"
      | "recalled"
      | "rated"
      | "wish";
  }
>;

function applyToOne(world: World, action: OneAction): World {
  switch (action.type) {
    case "page":
      return change(world, action.id, (c) => one.applyPage(c, action.page, action.place));
    case "paging":
      return change(world, action.id, (c) => ({
        ...c,
        late: action.on ? (c.late ?? { messages: {}, reactions: [] }) : null,
      }));
    case "members":
      return change(withUsers(world, usersOf(action.members)), action.id, (c) =>
        one.applyMembers(c, action.members),
      );
    case "changes":
      return change(withNames(world, usersOf(action.changes.members)), action.id, (c) =>
        one.applyChanges(c, action.changes),
      );
    case "pending":
      return change(world, action.item.conversation_id, (c) => withPending(c, action.item));
    case "progress":
      return change(world, action.id, (c) => withProgress(c, action));
    case "settled":
      return change(world, action.id, (c) => ({
        ...c,
        pending: c.pending.filter((item) => item.client_id !== action.clientId),
      }));
    case "acknowledged":
      return change(world, action.id, (c) => one.applyAck(c, action.message));
    case "read":
      return change(world, action.id, (c) => one.applyOwnRead(c, action.seq));
    case "quoted":
      return change(world, action.id, (c) => ({
        ...c,
        quotes: { ...c.quotes, [action.messageId]: action.message },
      }));
    case "recalled":
      return change(world, action.id, (c) => ({
        ...c,
        recalled: { ...c.recalled, [action.messageId]: action.content },
      }));
    case "rated":
      return change(world, action.id, (c) =>
        one.applyFeedback(c, action.messageId, action.feedback),
      );
    case "wish":
      return change(world, action.id, (c) => withWish(c, action));
  }
}

function applyList(world: World, list: Conversation[], complete: boolean): World {
  let next = world;
  for (const conversation of list) next = put(next, conversation);
  return complete ? { ...next, listed: true, unknown: [] } : next;
}

function put(world: World, conversation: Conversation): World {
  if (!world.me || !conversation.me) return world;
  const known = world.conversations[conversation.id];
  const next = known
    ? one.applyListed(known, conversation)
    : one.fromConversation(conversation, world.me.id);
  const unknown = world.unknown.filter((id) => id !== conversation.id);
  const users = conversation.peer ? withUsers(world, [conversation.peer]).users : world.users;
  return {
    ...world,
    users,
    unknown,
    conversations: { ...world.conversations, [conversation.id]: next },
  };
}

function applyOpened(world: World, open: OpenConversation): World {
  if (!world.me) return world;
  const next = one.applySnapshot(world.conversations[open.id], open, world.me.id);
  const peers = open.peer ? [open.peer] : [];
  const conversations = { ...world.conversations, [open.id]: next };
  const unknown = world.unknown.filter((id) => id !== open.id);
  return withUsers({ ...world, conversations, unknown }, peers);
}

function applyFrame(world: World, frame: Frame): World {
  switch (frame.event) {
    case "presence":
      return applyPresence(world, frame.data as PresenceChange);
    case "user.updated":
      return withNames(world, [frame.data as User]);
    case "conversation.created":
      return put(world, frame.data as Conversation);
    default:
      return frame.conversation_id ? applyInside(world, frame.conversation_id, frame) : world;
  }
}

function applyInside(world: World, id: string, frame: Frame): World {
  const known = world.conversations[id];
  if (isOwnLeaving(world, frame)) return forget(world, id);
  if (!known) {
    if (frame.rev === undefined || world.unknown.includes(id)) return world;
    return { ...world, unknown: [...world.unknown, id] };
  }
  const next = change(world, id, (c) => one.applyFrame(c, frame));
  if (frame.event === "changes") return withNames(next, usersOf((frame.data as Changes).members));
  if (frame.event.startsWith("member.")) return withNames(next, usersOf([frame.data as Member]));
  return next;
}

function isOwnLeaving(world: World, frame: Frame): boolean {
  return frame.event === "member.left" && (frame.data as Member).user.id === world.me?.id;
}

/** What the first frame of a line tells: who is online, and marks that moved elsewhere. */
function applyReady(world: World, ready: Ready): World {
  const online = new Set(ready.online);
  const users: World["users"] = {};
  for (const user of Object.values(world.users)) {
    users[user.id] = user.online === online.has(user.id) ? user : { ...user, online: !user.online };
  }
  const { limits, generation } = ready;
  let next: World = { ...world, users, limits, me: ready.user, generation: String(generation) };
  next = withUsers(next, [{ ...ready.user, online: true }]);
  for (const summary of ready.conversations) {
    next = change(next, summary.id, (c) => one.applyOwnRead(c, summary.read_seq));
  }
  const unknown = ready.conversations.map(({ id }) => id).filter((id) => !next.conversations[id]);
  return { ...next, unknown: world.listed ? unknown : [] };
}

function applyPresence(world: World, presence: PresenceChange): World {
  const user = world.users[presence.user_id];
  if (!user) return world;
  const { online, last_seen_at } = presence;
  return withUsers(world, [{ ...user, online, last_seen_at: last_seen_at ?? user.last_seen_at }]);
}

function needChanges(c: ConversationState): ConversationState {
  return c.needs ? c : { ...c, needs: "changes" };
}

function withPending(c: ConversationState, item: Pending): ConversationState {
  const delivered = c.stretch?.messages.some(
    (message) => message.client_id === item.client_id && message.sender.id === c.meId,
  );
  if (delivered) return c;
  const at = c.pending.findIndex((known) => known.client_id === item.client_id);
  return { ...c, pending: at < 0 ? [...c.pending, item] : c.pending.with(at, item) };
}

function withProgress(
  c: ConversationState,
  { clientId, fileId, sent }: Extract<Action, { type: "progress" }>,
): ConversationState {
  const pending = c.pending.map((item) => {
    if (item.client_id !== clientId || !item.files) return item;
    const files = item.files.map((file) => (file.id === fileId ? { ...file, sent } : file));
    return { ...item, files };
  });
  return { ...c, pending };
}

/** Null: it has arrived, or was refused. */
function withWish(
  c: ConversationState,
  { messageId, emoji, on }: Extract<Action, { type: "wish" }>,
): ConversationState {
  const { [wishKey(messageId, emoji)]: _former, ...wishes } = c.wishes;
  return { ...c, wishes: on === null ? wishes : { ...wishes, [wishKey(messageId, emoji)]: on } };
}

function usersOf(members: Member[]): User[] {
  return members.map((member) => member.user);
}

function withUsers(world: World, list: User[]): World {
  if (list.length === 0) return world;
  const users = { ...world.users };
  for (const user of list) users[user.id] = user;
  return { ...world, users };
}

/** Users as a live frame names them: the same bytes for everyone, so presence is not theirs. */
function withNames(world: World, list: User[]): World {
  const known = list.map((user) => {
    const { online, last_seen_at } = world.users[user.id] ?? user;
    return { ...user, online, last_seen_at };
  });
  return withUsers(world, known);
}

function forget(world: World, id: string): World {
  const { [id]: _gone, ...conversations } = world.conversations;
  return { ...world, conversations, unknown: world.unknown.filter((other) => other !== id) };
}

function change(
  world: World,
  id: string,
  apply: (c: ConversationState) => ConversationState,
): World {
  const known = world.conversations[id];
  if (!known) return world;
  const next = apply(known);
  if (next === known) return world;
  return { ...world, conversations: { ...world.conversations, [id]: next } };
}
