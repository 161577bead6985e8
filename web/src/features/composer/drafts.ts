/** What was begun and not sent, per user and conversation, in this browser. */
import { store, stored, storedKeys } from "@/storage";

const PREFIX = "trialogue.draft.";

export function draftOf(userId: string, conversationId: string): string {
  return stored(key(userId, conversationId)) ?? "";
}

export function keepDraft(userId: string, conversationId: string, text: string): void {
  store(key(userId, conversationId), text || null);
}

/** Whoever signs out leaves nothing of theirs behind. */
export function dropDrafts(userId: string): void {
  for (const name of storedKeys()) {
    if (name.startsWith(`${PREFIX}${userId}.`)) store(name, null);
  }
}

function key(userId: string, conversationId: string): string {
  return `${PREFIX}${userId}.${conversationId}`;
}
