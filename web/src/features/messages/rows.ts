/** What stands in a history, row by row: day headings, the line of new messages, the messages. */
import { dayKey } from "@/i18n/times";
import type { Pending } from "@/sync/state";
import type { Message } from "@/sync/wire";
import type { Versions } from "./versions";

export type Row =
  | { kind: "begin"; key: string }
  | { kind: "day"; key: string; at: string }
  | { kind: "new"; key: string }
  | {
      kind: "message";
      key: string;
      message: Message;
      opens: boolean;
      closes: boolean;
      own: boolean;
      /** What it answers stands elsewhere: it is shown with it. */
      quotes: boolean;
      versions?: Versions | undefined;
    }
  | { kind: "pending"; key: string; item: Pending; opens: boolean; closes: boolean };

/** Messages of one person this close together stand as one group, in milliseconds. */
const TOGETHER = 5 * 60_000;

interface Parts {
  messages: Message[];
  pending: Pending[];
  meId: string;
  /** The stretch reaches the first message there is. */
  complete: boolean;
  /** Everything up to here had been read when the reader came; null: no line. */
  readTo: number | null;
  /** Of questions and answers that were made anew, by the id of the one that is shown. */
  versions?: Map<string, Versions>;
}

export function rowsOf(parts: Parts): Row[] {
  const { messages, pending, meId, complete, readTo, versions } = parts;
  const rows: Row[] = complete ? [{ kind: "begin", key: "begin" }] : [];
  let day = "";
  messages.forEach((message, index) => {
    const today = dayKey(message.created_at);
    if (today !== day) rows.push({ kind: "day", key: `day-${today}`, at: message.created_at });
    day = today;
    const before = messages[index - 1];
    const isFirstNew = readTo !== null && message.seq > readTo && (!before || before.seq <= readTo);
    if (isFirstNew) rows.push({ kind: "new", key: "new" });
    rows.push({
      kind: "message",
      key: keyOf(message, meId),
      message,
      own: message.sender.id === meId,
      // An answer right below its question needs no reminder of it.
      quotes: message.role !== "assistant" || message.parent_id !== before?.id,
      versions: versions?.get(message.id),
      opens: isFirstNew || !together(before, message),
      closes: message.seq === readTo || !together(message, messages[index + 1]),
    });
  });
  return [...rows, ...pendingRows(pending, messages.at(-1), meId, day)];
}

function pendingRows(
  pending: Pending[],
  last: Message | undefined,
  meId: string,
  day: string,
): Row[] {
  const follows = last?.sender.id === meId && last.role !== "system";
  const rows: Row[] = pending.map((item, index) => ({
    kind: "pending",
    key: item.client_id,
    item,
    opens: index === 0 && !follows,
    closes: index === pending.length - 1,
  }));
  const first = pending[0];
  if (first && dayKey(first.created_at) !== day) {
    rows.unshift({ kind: "day", key: `day-${dayKey(first.created_at)}`, at: first.created_at });
  }
  return rows;
}

/** An own message keeps the key it had while it was on its way: it does not blink. */
function keyOf(message: Message, meId: string): string {
  return message.sender.id === meId ? message.client_id : message.id;
}

function together(a: Message | undefined, b: Message | undefined): boolean {
  if (!a || !b || a.sender.id !== b.sender.id) return false;
  if (a.role === "system" || b.role === "system" || a.retracted_at || b.retracted_at) return false;
  if (dayKey(a.created_at) !== dayKey(b.created_at)) return false;
  return Date.parse(b.created_at) - Date.parse(a.created_at) < TOGETHER;
}

/** Which row shows a message; -1 if none does. */
export function rowOfSeq(rows: Row[], seq: number): number {
  return rows.findIndex((row) => row.kind === "message" && row.message.seq === seq);
}
