/** Small makers of wire shapes for the tests. */
import type { Conversation, Frame, Member, Message, User } from "@/sync/wire";

const AT = "2026-01-05T10:00:00Z";

export function user(id: string, name = id): User {
  return {
    id,
    username: name,
    display_name: name,
    avatar_url: null,
    kind: "human",
    role: "member",
    is_active: true,
    online: false,
    last_seen_at: null,
    created_at: AT,
  };
}

export function message(
  seq: number,
  rev: number,
  sender = "ada",
  more: Partial<Message> = {},
): Message {
  const { username, display_name, avatar_url, kind } = user(sender);
  return {
    id: `m${seq}`,
    conversation_id: "room",
    seq,
    rev,
    session_id: null,
    sender: { id: sender, username, display_name, avatar_url, kind },
    role: "user",
    type: "text",
    state: "sent",
    content: `text ${seq}`,
    mentions: [],
    mentions_all: false,
    notice: null,
    parent_id: null,
    client_id: `c-${sender}-${seq}`,
    attachments: [],
    reactions: [],
    reply: null,
    feedback: null,
    status: null,
    created_at: AT,
    edited_at: null,
    retracted_at: null,
    superseded_by: null,
    ...more,
  } as Message;
}

export function member(id: string, rev: number, more: Partial<Member> = {}): Member {
  return {
    user: user(id),
    role: "member",
    joined_at: AT,
    left_at: null,
    read_seq: 0,
    rev,
    ...more,
  };
}

export function conversation(
  lastSeq: number,
  lastRev: number,
  more: Partial<Conversation> = {},
): Conversation {
  return {
    id: "room",
    kind: "group",
    name: "Room",
    description: null,
    avatar_url: null,
    public: true,
    created_by: "ada",
    created_at: AT,
    archived_at: null,
    last_seq: lastSeq,
    last_rev: lastRev,
    last_message_at: lastSeq > 0 ? AT : null,
    last_message: lastSeq > 0 ? message(lastSeq, lastRev) : null,
    member_count: 2,
    me: {
      role: "member",
      read_seq: 0,
      unread: lastSeq,
      mentions: 0,
      notify: "all",
      pinned_at: null,
    },
    peer: null,
    edit_window: null,
    first_seq: 1,
    retention_days: null,
    ...more,
  };
}

export function created(m: Message): Frame {
  return { event: "message.created", conversation_id: m.conversation_id, rev: m.rev, data: m };
}
