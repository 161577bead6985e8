/**
 * What of a history is shown where questions were asked anew and answers given anew: one version
 * of each, the newest unless the reader has turned back. Pure.
 */
import type { Message } from "@/sync/wire";

export interface Versions {
  /** The one that the choice is kept under: the newest. */
  head: string;
  /** Ascending by age, at least two. */
  all: Message[];
}

export interface Line {
  messages: Message[];
  /** By the id of the message that is shown. */
  versions: Map<string, Versions>;
}

/** Chosen versions by the id of their head. */
export type Chosen = Readonly<Record<string, string>>;

/** `alone`: one person with an assistant, where what follows from an old question goes with it. */
export function lineOf(messages: Message[], chosen: Chosen, alone: boolean): Line {
  if (!messages.some(({ superseded_by }) => superseded_by !== null))
    return { messages, versions: new Map() };
  const line = new Folding(messages, chosen, alone);
  return line.fold();
}

/** What is to be chosen so that a message is shown, whatever has taken its place since. */
export function chosenFor(messages: Message[], seq: number): Chosen {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const next = ({ superseded_by }: Message) => byId.get(superseded_by ?? "");
  const headOf = (message: Message): Message => {
    const by = next(message);
    return by && by.role === message.role ? headOf(by) : message;
  };
  const chosen: Record<string, string> = {};
  let at = messages.find((message) => message.seq === seq);
  for (let by = at && next(at); at && by; at = by, by = next(by)) {
    const isAnswer = by.role === "assistant";
    // Of an old branch it is the question that is chosen: the first of what was replaced.
    const shown = isAnswer ? at : messages.find((one) => one.superseded_by === by?.id);
    if (shown) chosen[headOf(by).id] ??= shown.id;
  }
  return chosen;
}

class Folding {
  readonly #messages: Message[];
  readonly #chosen: Chosen;
  readonly #alone: boolean;
  /** By what took their place. */
  readonly #replaced = new Map<string, Message[]>();
  readonly #line: Line = { messages: [], versions: new Map() };

  constructor(messages: Message[], chosen: Chosen, alone: boolean) {
    this.#messages = messages;
    this.#chosen = chosen;
    this.#alone = alone;
    for (const message of messages) {
      const by = message.superseded_by;
      if (by) this.#replaced.set(by, [...(this.#replaced.get(by) ?? []), message]);
    }
  }

  fold(): Line {
    const left = new Set<string>();
    for (const message of this.#messages) {
      if (message.superseded_by || (message.reply && left.has(message.reply.trigger_id))) continue;
      const old = this.#place(message);
      if (!old) continue;
      for (const each of this.#branch(old)) if (each !== old) this.#place(each);
      if (this.#alone) break;
      left.add(message.id);
    }
    return this.#line;
  }

  /** Shows the chosen version; an older question is told, so that its branch is shown. */
  #place(message: Message): Message | null {
    const all = message.role === "assistant" ? this.#answers(message) : this.#questions(message);
    const shown = all.find(({ id }) => id === this.#chosen[message.id]) ?? message;
    this.#line.messages.push(shown);
    if (all.length > 1) this.#line.versions.set(shown.id, { head: message.id, all });
    return shown !== message && message.role === "user" ? shown : null;
  }

  /** What belongs to an old question: itself and what followed, without answers given anew since. */
  #branch(question: Message): Message[] {
    const branch = this.#replaced.get(question.superseded_by ?? "") ?? [];
    return branch.filter(({ seq }) => seq >= question.seq);
  }

  #answers(answer: Message): Message[] {
    const earlier = (this.#replaced.get(answer.id) ?? []).filter(
      ({ reply }) => reply && reply.trigger_id === answer.reply?.trigger_id,
    );
    return [...earlier.flatMap((one) => this.#answers(one)), answer];
  }

  #questions(question: Message): Message[] {
    const earlier = this.#replaced.get(question.id)?.find(({ role }) => role === "user");
    return earlier ? [...this.#questions(earlier), question] : [question];
  }
}
