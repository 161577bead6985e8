/** What a reader may do to a message, as the server's policy will judge it. */
import { useWorld } from "@/hooks/client";
import type { ConversationState } from "@/sync/state";
import type { Message } from "@/sync/wire";

export interface Rights {
  /** Answer it, react to it. */
  write: boolean;
  edit: boolean;
  recall: boolean;
}

const NONE: Rights = { write: false, edit: false, recall: false };

/** Answer it, react to it. */
export function mayWrite(message: Message, c: ConversationState): boolean {
  return !(c.facts.archived_at || message.retracted_at || message.type === "system");
}

/** What one may do now. */
export function useRights(message: Message, c: ConversationState): Rights {
  const window = useWorld(({ limits }) => limits.edit_window);
  return rightsOf(message, c, Date.now(), window);
}

/**
 * `now` in milliseconds since the epoch; `usual` are the seconds in which messages can be changed
 * where the room says nothing else.
 */
export function rightsOf(
  message: Message,
  c: ConversationState,
  now: number,
  usual: number,
): Rights {
  if (!mayWrite(message, c)) return NONE;
  const own = message.sender.id === c.meId;
  const window = (c.facts.edit_window ?? usual) * 1000;
  const inTime = now - Date.parse(message.created_at) <= window;
  // A question to an assistant is not changed but asked anew, and for that it is never too late.
  const again = isAskedAgain(c) && message.role === "user" && message.superseded_by === null;
  const edit = own && (isAskedAgain(c) ? again : inTime);
  return { write: true, edit, recall: moderates(c) || (own && inTime) };
}

/** Where an edited message is a new question. */
export function isAskedAgain({ facts }: ConversationState): boolean {
  return facts.kind === "assistant";
}

export function moderates({ facts, me }: ConversationState): boolean {
  return facts.kind === "group" && me.role !== "member";
}
