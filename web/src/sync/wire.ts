/** The shapes of the server's contract, by their own names. */

export interface User {
  id: string;
  username: string | null;
  display_name: string;
  avatar_url: string | null;
  kind: "human" | "assistant" | "contact" | "bot";
  role: "owner" | "admin" | "agent" | "member" | "guest";
  is_active: boolean;
  online: boolean;
  last_seen_at: string | null;
  created_at: string;
}
export interface Me extends User {
  email: string | null;
  locale: string | null;
}
export interface Sender {
  id: string;
  username: string | null;
  display_name: string;
  avatar_url: string | null;
  kind: User["kind"];
}
export type ConversationRole = "owner" | "admin" | "moderator" | "member";
export interface Member {
  user: User;
  role: ConversationRole;
  joined_at: string;
  left_at: string | null;
  read_seq: number;
  rev: number;
}
export interface LiveMessage {
  id: string;
  conversation_id: string;
  seq: number;
  rev: number;
  session_id: string | null;
  sender: Sender;
  role: "user" | "assistant" | "system";
  type: "text" | "image" | "file" | "system";
  state: "sent" | "queued" | "streaming" | "done" | "interrupted" | "failed" | "cancelled";
  content: string;
  mentions: string[];
  parent_id: string | null;
  client_id: string;
  created_at: string;
  edited_at: string | null;
  retracted_at: string | null;
  superseded_by: string | null;
}
export interface Message extends LiveMessage {
  status?: "sent" | "delivered" | "read" | null;
}
export interface Membership {
  role: ConversationRole;
  read_seq: number;
  unread: number;
  mentions: number;
  notify: "all" | "mentions" | "none";
  pinned_at: string | null;
}
export interface LiveConversation {
  id: string;
  kind: "direct" | "group" | "assistant" | "support";
  name: string | null;
  description: string | null;
  avatar_url: string | null;
  public: boolean;
  created_by: string | null;
  created_at: string;
  archived_at: string | null;
  last_seq: number;
  last_rev: number;
  last_message_at: string | null;
  last_message: LiveMessage | null;
  member_count: number;
}
export interface Conversation extends LiveConversation {
  me: Membership | null;
  peer: User | null;
}
export interface OpenConversation extends Conversation {
  messages: Message[];
  has_more: boolean;
}
export interface Changes {
  messages: Message[];
  members: Member[];
  reads: Record<string, number>;
  delivered: Record<string, number>;
  conversation: Conversation | LiveConversation | null;
  rev: number;
  more: boolean;
  reload: boolean;
}
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}
export interface MessagePage {
  items: Message[];
  has_more: boolean;
  has_newer?: boolean | null;
}
export interface Grant {
  user: Me;
  access_token: string;
  refresh_token: string;
  token_type: "bearer";
  expires_in: number;
}
export interface Problem {
  type?: string;
  title?: string;
  status: number;
  detail: string;
  code: string;
  request_id?: string;
  errors?: { loc: (string | number)[]; msg: string; type: string }[];
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
