/**
 * The shapes of the server's contract by their own names, generated from its description
 * (wire.gen.ts, `npm run types`). What this client reads more strictly or loosely stands here.
 */
import type * as Generated from "./wire.gen";

export type {
  Account,
  Attachment,
  Changes,
  Conversation,
  Grant,
  Invite,
  LiveChanges,
  LiveConversation,
  LiveMessage,
  Login,
  Me,
  Member,
  Membership,
  Message,
  MessagePage,
  NewAccount,
  NewPersonalToken,
  Notice,
  OwnState,
  PersonalToken,
  PresenceChange,
  Problem,
  Reacted,
  ReactionChange,
  ReadMark,
  Ready,
  Receipt,
  Reset,
  Sender,
  Typing,
  User,
} from "./wire.gen";

/** A conversation with its newest messages, ascending. */
export type OpenConversation = Generated.OpenConversation &
  Required<Pick<Generated.OpenConversation, "messages" | "has_more">>;

export type WorkspaceRole = Generated.User["role"];

/** A slice of a list. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/**
 * A live frame, looser than `SocketEvent`: a newer server may say what this client does not know.
 * Numbered ones carry `rev`; their order is the conversation's.
 */
export interface Frame {
  event: string;
  conversation_id?: string;
  rev?: number;
  at_rev?: number;
  data: unknown;
}
