/**
 * The shapes of the server's contract by their own names, generated from its description
 * (wire.gen.ts, `npm run types`). What this client reads more strictly or loosely stands here.
 */
import type * as Generated from "./wire.gen";

export type {
  Account,
  Assistant,
  Attachment,
  Changes,
  Conversation,
  Feedback,
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
  ModelProvider,
  ModelProviders,
  NewAccount,
  NewPersonalToken,
  Notice,
  OwnState,
  PersonalToken,
  PresenceChange,
  Problem,
  ProviderTest,
  Reacted,
  ReactionChange,
  ReadMark,
  Ready,
  Receipt,
  ReplyDelta,
  ReplyRestarted,
  Reset,
  Sender,
  Typing,
  UsageReport,
  UsageSum,
  User,
} from "./wire.gen";

/** A conversation with its newest messages, ascending. */
export type OpenConversation = Generated.OpenConversation &
  Required<Pick<Generated.OpenConversation, "messages" | "has_more">>;

export type WorkspaceRole = Generated.User["role"];

/** A message of an assistant: what it answers, and how it came about. */
export type Reply = NonNullable<Generated.Message["reply"]>;

/** The answer of `replies.follow`. */
export interface ReplyText {
  attempt: number;
  text: string;
}

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
