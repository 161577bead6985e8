/** What the client knows: the shape of its state. Pure data, changed only by the reducers. */
import type {
  Attachment,
  Frame,
  LiveConversation,
  Me,
  Member,
  Membership,
  Message,
  ReactionChange,
  Ready,
  User,
} from "./wire";

/** A message of one's own that the server has not confirmed as part of the history yet. */
export interface Pending {
  client_id: string;
  conversation_id: string;
  content: string;
  /** The message that this one answers. */
  parent_id?: string;
  files?: PendingFile[];
  created_at: string;
  attempts: number;
  /** `stored`: the server has it, its place in the history is still to be heard. */
  state: "waiting" | "stored" | "failed";
  error?: { code: string; detail: string };
}

/** A file of a message on its way. Its bytes are in the outbox, under its id. */
export interface PendingFile {
  id: string;
  name: string;
  /** In bytes. */
  size: number;
  /** The media type as this browser takes it to be; the server looks for itself. */
  type: string;
  /** Of a picture or a film, in pixels, as it is shown; null where that is not known. */
  width: number | null;
  height: number | null;
  /** Bytes that the server has got so far. */
  sent: number;
  /** What it became there; null until it is complete. */
  attachment: Attachment | null;
}

/** A stretch of history without holes, ascending by seq. */
export interface Stretch {
  messages: Message[];
  hasOlder: boolean;
}

/** What happened outside the stretch while a page that may show it older is on its way. */
export interface Late {
  /** By seq. */
  messages: Record<number, Message>;
  reactions: { rev: number; change: ReactionChange }[];
}

export interface ConversationState {
  /** The id of the one who looks. */
  meId: string;
  /** What every member sees. `last_rev` is how far the numbered changes are applied. */
  facts: LiveConversation;
  /** The rev of the facts themselves, where they were read later than the changes beside them. */
  factsRev: number;
  me: Membership;
  peerId: string | null;
  /** Null until the conversation is opened. */
  stretch: Stretch | null;
  /** By user id; those who left stay, with `left_at`, so that older answers cannot revive them. */
  members: Record<string, Member>;
  membersKnown: boolean;
  /** How far each member has read, as far as known. Only grows. */
  reads: Record<string, number>;
  /** How far each member's devices have got messages, as far as known. Only grows. */
  delivered: Record<string, number>;
  /** Who writes right now, by user id, without oneself. */
  typing: string[];
  pending: Pending[];
  /** Numbered frames that arrived ahead of a gap. */
  held: Frame[];
  needs: "changes" | "reload" | null;
  /** Not null while a page is on its way. */
  late: Late | null;
  /** Messages that others quote, by id, where they were asked for; null: not to be had. */
  quotes: Record<string, Message | null>;
  /** The texts of what one has recalled oneself, by message id, to write anew. */
  recalled: Record<string, string>;
  /** Own reactions on their way, by `wishKey`: wanted or not. */
  wishes: Record<string, boolean>;
}

export type Line = "connecting" | "open" | "waiting" | "closed";

/** `unreachable`: nobody answers whether this browser is signed in; it is asked again. */
export type Phase = "starting" | "unreachable" | "signed-out" | "signed-in";

export interface World {
  phase: Phase;
  me: Me | null;
  line: Line;
  /** Whether the list of conversations is complete. */
  listed: boolean;
  conversations: Record<string, ConversationState>;
  users: Record<string, User>;
  generation: string | null;
  /** What the server takes; before it has said so, what most take. */
  limits: Ready["limits"];
  /** Conversations heard of but not held: to be fetched. */
  unknown: string[];
}

export const emptyWorld: World = {
  phase: "starting",
  me: null,
  line: "closed",
  listed: false,
  conversations: {},
  users: {},
  generation: null,
  limits: { message_length: 20_000, upload_bytes: 104_857_600, edit_window: 300 },
  unknown: [],
};
