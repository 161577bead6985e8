/** What was begun and not sent, per user and conversation, in this browser. */

const PREFIX = "trialogue.draft.";

export function draftOf(userId: string, conversationId: string): string {
  return localStorage.getItem(key(userId, conversationId)) ?? "";
}

export function keepDraft(userId: string, conversationId: string, text: string): void {
  if (text) localStorage.setItem(key(userId, conversationId), text);
  else localStorage.removeItem(key(userId, conversationId));
}

/** Whoever signs out leaves nothing of theirs behind. */
export function dropDrafts(userId: string): void {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(`${PREFIX}${userId}.`)) localStorage.removeItem(name);
  }
}

function key(userId: string, conversationId: string): string {
  return `${PREFIX}${userId}.${conversationId}`;
}
