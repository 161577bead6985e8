/**
 * The shapes of the server's contract by their own names: what the server describes is generated
 * (wire.gen.ts, `npm run types`); what it only says on the line stands here.
 */
import type * as Generated from "./wire.gen";
import type { Conversation, Me, Membership } from "./wire.gen";

export type {
  Changes,
  Conversation,
  Grant,
  LiveMessage,
  Me,
  Member,
  Membership,
  Message,
  MessagePage,
  Problem,
  Sender,
  User,
} from "./wire.gen";

/** A conversation as every member sees it: what live frames carry. */
export type LiveConversation = Omit<Conversation, "me" | "peer">;

/** A conversation with its newest messages, ascending. */
export type OpenConversation = Generated.OpenConversation &
  Required<Pick<Generated.OpenConversation, "messages" | "has_more">>;

/** A slice of a list. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** What `ready` tells of a conversation. */
export interface Summary {
  id: string;
  kind: Conversation["kind"];
  name: string | null;
  last_seq: number;
  last_rev: number;
  read_seq: number;
  unread: number;
}
export interface Ready {
  user: Me;
  connection_id: string;
  heartbeat: number;
  generation: string | number;
  conversations: Summary[];
  more: boolean;
  online: string[];
}
export interface ReadMark {
  user_id: string;
  read_seq: number;
  delivered_seq: number;
  read_at: string;
}
export interface Presence {
  user_id: string;
  online: boolean;
  last_seen_at: string | null;
}
export type OwnState = Pick<
  Membership,
  "notify" | "pinned_at" | "read_seq" | "unread" | "mentions"
>;

/** A live frame. Numbered ones carry `rev`; their order is the conversation's. */
export interface Frame {
  event: string;
  conversation_id?: string;
  rev?: number;
  at_rev?: number;
  data: unknown;
}
