/** What counts as read, and where the line of new messages stands. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { useClient } from "@/hooks/client";
import type { ConversationState } from "@/sync/state";

/** Marks as read what the reader has before their eyes: page visible, newest message in sight. */
export function useReading(conversation: ConversationState, newestInSight: boolean): void {
  const client = useClient();
  const visible = useVisible();
  const { id, last_seq } = conversation.facts;
  useEffect(() => {
    if (visible && newestInSight) client.read(id, last_seq);
  }, [client, id, last_seq, visible, newestInSight]);
}

/**
 * How far everything had been read when the reader came, or when they last looked away; null
 * when nothing was new. The line stays while they read on, and goes when they write.
 */
export function useNewLine(conversation: ConversationState): number | null {
  const { facts, me, meId } = conversation;
  const visible = useVisible();
  const [readTo, setReadTo] = useState<number | null>(() => newSince(conversation));
  const [away, setAway] = useState(!visible);
  if (visible === away) {
    setAway(!visible);
    if (!visible) setReadTo(null);
  }
  if (!visible && readTo === null && newSince(conversation) !== null) setReadTo(me.read_seq);
  const ownLast = facts.last_message?.sender.id === meId;
  if (readTo !== null && ownLast && facts.last_seq > readTo) setReadTo(null);
  return readTo;
}

/**
 * After which number it is new; null: nothing is. Alone with an assistant nothing is marked: the
 * line would stand between a question and its answer.
 */
export function newSince({ facts, me }: ConversationState): number | null {
  return me.unread > 0 && facts.kind !== "assistant" ? me.read_seq : null;
}

export function useVisible(): boolean {
  return useSyncExternalStore(
    (listener) => {
      document.addEventListener("visibilitychange", listener);
      return () => document.removeEventListener("visibilitychange", listener);
    },
    () => document.visibilityState === "visible",
  );
}
