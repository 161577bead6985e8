/** The loaded stretch of a history: always without holes, ascending by seq. Pure. */
import { reacted, withOwn } from "./reactions";
import type { Late, Stretch } from "./state";
import type { Message, MessagePage } from "./wire";

/** Where a page goes: before or after the stretch, or in its stead. */
export type PagePlace = "older" | "newer" | "instead";

/** Whether messages newer than the stretch exist. */
export function hasNewer(stretch: Stretch | null, lastSeq: number): boolean {
  const last = stretch?.messages.at(-1);
  return last !== undefined && last.seq < lastSeq;
}

/** Takes a new or changed message in, where it touches the stretch. */
export function extend(stretch: Stretch, message: Message): Stretch {
  const { messages } = stretch;
  const last = messages.at(-1);
  if (!last || message.seq === last.seq + 1) {
    return { ...stretch, messages: [...messages, message] };
  }
  const index = find(messages, message.seq);
  const known = messages[index];
  if (!known || known.rev >= message.rev) return stretch;
  return { ...stretch, messages: messages.with(index, merged(known, message)) };
}

/** A newer form of a message; what depends on who looks is not in live frames, and stays. */
export function merged(known: Message, message: Message): Message {
  const reactions = withOwn(message.reactions, known.reactions);
  return { ...known, ...message, reactions };
}

/** Without what is gone for good: everything before `firstSeq`. */
export function trimmed(stretch: Stretch, firstSeq: number): Stretch {
  const first = stretch.messages[0]?.seq ?? firstSeq;
  if (first > firstSeq || (first === firstSeq && !stretch.hasOlder)) return stretch;
  const messages = stretch.messages.filter((message) => message.seq >= firstSeq);
  return { messages, hasOlder: false };
}

/** Keeps a change outside the stretch while a page that may show its older form is on its way. */
export function remember(
  late: Late | null,
  stretch: Stretch | null,
  message: Message,
): Late | null {
  if (!late || (stretch && find(stretch.messages, message.seq) >= 0)) return late;
  return { ...late, messages: { ...late.messages, [message.seq]: message } };
}

/** A page of history joined to the stretch, brought up to what was heard while it was on its way. */
export function placePage(
  stretch: Stretch | null,
  page: MessagePage,
  place: PagePlace,
  late: Late | null,
  meId: string,
): Stretch {
  const items = page.items.map((message) => refreshed(message, late, meId));
  if (!stretch || place === "instead") return { messages: items, hasOlder: page.has_more };
  if (place === "newer") return items.reduce(extend, stretch);
  const first = stretch.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  const older = items.filter((message) => message.seq < first);
  return { messages: [...older, ...stretch.messages], hasOlder: page.has_more };
}

function refreshed(message: Message, late: Late | null, meId: string): Message {
  const changed = late?.messages[message.seq];
  const start = changed && changed.rev > message.rev ? merged(message, changed) : message;
  const reactions = late?.reactions ?? [];
  return reactions.reduce((known, { rev, change }) => reacted(known, rev, change, meId), start);
}

/** The index of a seq, or -1. Numbers are dense, so the first guess is nearly always right. */
export function find(messages: Message[], seq: number): number {
  const guess = seq - (messages[0]?.seq ?? 0);
  if (messages[guess]?.seq === seq) return guess;
  return messages.findIndex((message) => message.seq === seq);
}
