/** Reactions: who looks is known here and not on the line, so `me` is kept on this side. Pure. */
import type { ConversationState } from "./state";
import type { Message, ReactionChange } from "./wire";

type Reactions = Message["reactions"];

/** One change of one emoji, on the message wherever it is held. */
export function withReaction(
  c: ConversationState,
  rev: number,
  change: ReactionChange,
): ConversationState {
  const { stretch, late } = c;
  const apply = (message: Message) => reacted(message, rev, change, c.meId);
  const index = stretch?.messages.findIndex(({ id }) => id === change.message_id) ?? -1;
  const known = stretch?.messages[index];
  if (stretch && known) {
    return { ...c, stretch: { ...stretch, messages: stretch.messages.with(index, apply(known)) } };
  }
  return late ? { ...c, late: { ...late, reactions: [...late.reactions, { rev, change }] } } : c;
}

export function reacted(
  message: Message,
  rev: number,
  change: ReactionChange,
  meId: string,
): Message {
  if (message.id !== change.message_id || message.rev >= rev) return message;
  const { emoji, count, user_id, added } = change;
  const known = message.reactions.find((reaction) => reaction.emoji === emoji);
  const me = user_id === meId ? added : (known?.me ?? false);
  const next = { emoji, count, me };
  const reactions = known
    ? message.reactions.map((reaction) => (reaction === known ? next : reaction))
    : [...message.reactions, next];
  return { ...message, rev, reactions: reactions.filter((reaction) => reaction.count > 0) };
}

/** Reactions as a live frame tells them, with what is known of the reader's own. */
export function withOwn(fresh: Reactions, known: Reactions): Reactions {
  return fresh.map((reaction) => ({
    ...reaction,
    me: reaction.me ?? known.find(({ emoji }) => emoji === reaction.emoji)?.me ?? false,
  }));
}

/** Whether some of these reactions were told without saying which are the reader's. */
export function isMeUnknown(messages: Message[]): boolean {
  return messages.some(({ reactions }) => reactions.some(({ me }) => me === undefined));
}

export function wishKey(messageId: string, emoji: string): string {
  return `${messageId} ${emoji}`;
}

/** The reactions as they will stand once what the reader has just pressed has arrived. */
export function wished(message: Message, wishes: Record<string, boolean>): Reactions {
  const shown = message.reactions
    .map((reaction) => {
      const on = wishes[wishKey(message.id, reaction.emoji)];
      if (on === undefined || on === reaction.me) return reaction;
      return { ...reaction, me: on, count: reaction.count + (on ? 1 : -1) };
    })
    .filter(({ count }) => count > 0);
  for (const [key, on] of Object.entries(wishes)) {
    const emoji = key.startsWith(`${message.id} `) ? key.slice(message.id.length + 1) : null;
    const isNew = emoji && !message.reactions.some((reaction) => reaction.emoji === emoji);
    if (on && isNew) shown.push({ emoji, count: 1, me: true });
  }
  return shown;
}
