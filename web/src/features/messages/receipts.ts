/** How far one's own message has come: from what the server said of it, and everybody's marks. */
import type { ConversationState } from "@/sync/state";
import type { Message } from "@/sync/wire";

export interface Receipt {
  state: "sent" | "delivered" | "read";
  /** How many others have read it, as far as known. */
  readers: number;
  others: number;
}

/** In larger rooms nobody is told who reads what. */
const LARGEST = 100;

/** Null: nothing can be said. */
export function receiptOf(message: Message, c: ConversationState): Receipt | null {
  const others = othersOf(c);
  if (c.facts.member_count > LARGEST || others.length === 0) return null;
  const reached = (marks: Record<string, number>) =>
    others.filter((id) => (marks[id] ?? 0) >= message.seq).length;
  const readers = reached(c.reads);
  const isRead = readers === others.length || message.status === "read";
  const isDelivered = reached(c.delivered) === others.length || message.status === "delivered";
  return {
    state: isRead ? "read" : isDelivered || readers > 0 ? "delivered" : "sent",
    readers: isRead ? others.length : readers,
    others: others.length,
  };
}

function othersOf(c: ConversationState): string[] {
  if (c.facts.kind === "direct") return c.peerId && c.peerId !== c.meId ? [c.peerId] : [];
  return Object.values(c.members)
    .filter(({ left_at, user }) => left_at === null && user.id !== c.meId)
    .map(({ user }) => user.id);
}
