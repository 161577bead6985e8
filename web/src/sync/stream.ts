/**
 * The text of one reply while it is being written: pieces that name their place, put together
 * whatever is doubled, late, or missing. Places count Unicode characters (code points). Pure.
 */
import type { ReplyDelta, ReplyRestarted, ReplyText } from "./wire";

export interface Stream {
  attempt: number;
  text: string;
  /** Of the text, in code points. */
  length: number;
  /** Pieces from beyond a hole, in the order in which they came. */
  ahead: ReplyDelta[];
  /** Why the text began anew, where it did. */
  reason: string | null;
}

/** More pieces than this are not worth holding: the text will be asked for whole. */
const MOST_AHEAD = 500;

export function begun(attempt: number, text: string): Stream {
  return { attempt, text, length: lengthOf(text), ahead: [], reason: null };
}

/** One more piece. An older attempt's changes nothing. */
export function withDelta(stream: Stream, delta: ReplyDelta): Stream {
  if (delta.attempt < stream.attempt) return stream;
  const { offset, text } = delta;
  if (delta.attempt > stream.attempt) {
    // Another attempt goes on from the text that is kept of the earlier one: all, part or none.
    if (offset > stream.length) return held({ ...stream, attempt: delta.attempt }, delta);
    const kept = from(stream.text, 0, offset);
    return { ...begun(delta.attempt, kept + text), reason: offset === 0 ? stream.reason : null };
  }
  if (offset > stream.length) return held(stream, delta);
  const fresh = from(text, stream.length - offset);
  return fresh === "" ? stream : filled(grown(stream, fresh));
}

/** A provider broke: the text begins anew. */
export function withRestart(stream: Stream, restarted: ReplyRestarted): Stream {
  if (restarted.attempt <= stream.attempt) return stream;
  return { ...begun(restarted.attempt, ""), reason: restarted.reason };
}

/** The whole text so far, as the server was asked for it; what has been heard beyond it stays. */
export function withWhole(stream: Stream, whole: ReplyText): Stream {
  if (whole.attempt < stream.attempt) return stream;
  const fresh = { ...begun(whole.attempt, whole.text), reason: stream.reason };
  if (whole.attempt > stream.attempt) {
    const ahead = stream.ahead.filter((delta) => delta.attempt >= whole.attempt);
    return filled({ ...fresh, ahead });
  }
  const longest = fresh.length >= stream.length ? fresh : stream;
  return filled({ ...longest, ahead: stream.ahead });
}

/** Whether something is missing before what has been heard. */
export function hasHole(stream: Stream): boolean {
  return stream.ahead.length > 0;
}

function held(stream: Stream, delta: ReplyDelta): Stream {
  const ahead = stream.ahead.filter(({ attempt }) => attempt === delta.attempt);
  return { ...stream, ahead: [...ahead.slice(-MOST_AHEAD), delta] };
}

/** Takes in what was held and has found its place. */
function filled(stream: Stream): Stream {
  if (stream.ahead.length === 0) return stream;
  const [reachable, ahead] = [[] as ReplyDelta[], [] as ReplyDelta[]];
  for (const delta of stream.ahead) (delta.offset <= stream.length ? reachable : ahead).push(delta);
  if (reachable.length === 0) return stream;
  return reachable.reduce(withDelta, { ...stream, ahead });
}

function grown(stream: Stream, fresh: string): Stream {
  return { ...stream, text: stream.text + fresh, length: stream.length + lengthOf(fresh) };
}

const PAIRED = /[\ud800-\udbff]/;

/** In code points. */
function lengthOf(text: string): number {
  if (!PAIRED.test(text)) return text.length;
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** A part of a text by code points. */
function from(text: string, start: number, end?: number): string {
  return PAIRED.test(text) ? [...text].slice(start, end).join("") : text.slice(start, end);
}
