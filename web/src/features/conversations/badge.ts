/** What a conversation's entry in the list calls attention to, by how its reader wants to be told. */
import type { ConversationState } from "@/sync/state";

export interface Badge {
  /** Messages that call for attention; 0: none do. */
  count: number;
  /** How many of them name the reader. */
  mentions: number;
  /** Unread, but not worth a number. */
  quiet: boolean;
}

export function badgeOf({ me }: ConversationState): Badge {
  if (me.notify === "all") return { count: me.unread, mentions: me.mentions, quiet: false };
  const mentions = me.notify === "mentions" ? me.mentions : 0;
  return { count: mentions, mentions, quiet: me.unread > 0 && mentions === 0 };
}
