/** The loaded stretch of a history: always without holes, ascending by seq. Pure. */
import type { Stretch } from "./state";
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
  return { ...stretch, messages: messages.with(index, { ...known, ...message }) };
}

/** Keeps a change outside the stretch while a page that may show its older form is on its way. */
export function remember(
  late: Record<number, Message> | null,
  stretch: Stretch | null,
  message: Message,
): Record<number, Message> | null {
  if (!late || (stretch && find(stretch.messages, message.seq) >= 0)) return late;
  return { ...late, [message.seq]: message };
}

export function placePage(
  stretch: Stretch | null,
  page: MessagePage,
  place: PagePlace,
  late: Record<number, Message> | null,
): Stretch {
  const items = page.items.map((message) => {
    const changed = late?.[message.seq];
    return changed && changed.rev > message.rev ? changed : message;
  });
  if (!stretch || place === "instead") return { messages: items, hasOlder: page.has_more };
  if (place === "newer") return items.reduce(extend, stretch);
  const first = stretch.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
  const older = items.filter((message) => message.seq < first);
  return { messages: [...older, ...stretch.messages], hasOlder: page.has_more };
}

/** The index of a seq, or -1. Numbers are dense, so the first guess is nearly always right. */
export function find(messages: Message[], seq: number): number {
  const guess = seq - (messages[0]?.seq ?? 0);
  if (messages[guess]?.seq === seq) return guess;
  return messages.findIndex((message) => message.seq === seq);
}
