/** One's own place in a conversation and everybody's marks: they only grow. Pure. */
import type { ConversationState } from "./state";
import type { Membership, Message } from "./wire";

type Marks = Record<string, number>;

/** Read marks; whoever has read a message has got it. */
export function withMarks(c: ConversationState, marks: Marks): ConversationState {
  const reads = raised(c.reads, marks);
  const own = Math.max(c.me.read_seq, marks[c.meId] ?? 0);
  return counted(withDelivered({ ...c, reads, me: { ...c.me, read_seq: own } }, marks));
}

export function withDelivered(c: ConversationState, marks: Marks): ConversationState {
  return { ...c, delivered: raised(c.delivered, marks) };
}

function raised(known: Marks, marks: Marks): Marks {
  const next = { ...known };
  for (const [userId, seq] of Object.entries(marks))
    next[userId] = Math.max(next[userId] ?? 0, seq);
  return next;
}

/** Counts a new message that names the reader. */
export function withMention(c: ConversationState, message: Message): ConversationState {
  const isForMe = message.mentions_all || message.mentions.includes(c.meId);
  if (!isForMe || message.sender.id === c.meId || message.seq <= c.me.read_seq) return c;
  return { ...c, me: { ...c.me, mentions: c.me.mentions + 1 } };
}

export function mergeMe(fresh: Membership, known: Membership | undefined): Membership {
  return { ...fresh, read_seq: Math.max(fresh.read_seq, known?.read_seq ?? 0) };
}

/**
 * Unread is always derived: messages after one's own mark that are still there; nothing unread
 * names anybody.
 */
export function counted(c: ConversationState): ConversationState {
  const passed = Math.max(c.me.read_seq, c.facts.first_seq - 1);
  const unread = Math.max(0, c.facts.last_seq - passed);
  const mentions = unread === 0 ? 0 : c.me.mentions;
  if (c.me.unread === unread && c.me.mentions === mentions) return c;
  return { ...c, me: { ...c.me, unread, mentions } };
}
