/** Whatever happens to the pieces of a reply on their way, its text is put together right. */
import { describe, expect, test } from "vitest";
import { begun, hasHole, type Stream, withDelta, withRestart, withWhole } from "@/sync/stream";
import type { ReplyDelta } from "@/sync/wire";

const ALPHABET = [..."abc de\n字。🎉👩‍🚀é"];
const SEEDS = Array.from({ length: 300 }, (_, seed) => seed + 1);

/** Numbers that only look random: a failure can be repeated by its seed. */
function dice(seed: number): (below: number) => number {
  let state = seed * 2654435761;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const textOf = (roll: (below: number) => number, length: number) =>
  Array.from({ length }, () => ALPHABET[roll(ALPHABET.length)]).join("");

/** A text cut into pieces that name their places in code points. */
function pieces(text: string, attempt: number, roll: (below: number) => number, start = 0) {
  const points = [...text];
  const found: ReplyDelta[] = [];
  for (let at = 0; at < points.length; ) {
    const size = 1 + roll(6);
    const part = points.slice(at, at + size).join("");
    found.push({ message_id: "m", attempt, offset: start + at, text: part });
    at += size;
  }
  return found;
}

const all = (stream: Stream, deltas: ReplyDelta[]) => deltas.reduce(withDelta, stream);

describe("the text of a reply", () => {
  test.each(SEEDS)("stands whole however it is cut and doubled (seed %i)", (seed) => {
    const roll = dice(seed);
    const text = textOf(roll, 5 + roll(60));
    const cut = pieces(text, 1, roll);
    const doubled = cut.flatMap((delta, at) =>
      roll(3) === 0 ? [delta, cut[roll(at + 1)] ?? delta] : [delta],
    );
    const stream = all(begun(1, ""), doubled);
    expect(stream.text).toBe(text);
    expect(stream.length).toBe([...text].length);
    expect(hasHole(stream)).toBe(false);
  });

  test.each(SEEDS)("heals by asking, whatever was lost or came late (seed %i)", (seed) => {
    const roll = dice(seed);
    const text = textOf(roll, 20 + roll(60));
    const points = [...text];
    const lossy = pieces(text, 1, roll)
      .filter(() => roll(4) > 0)
      .sort(() => roll(3) - 1);
    let stream = begun(1, points.slice(0, roll(5)).join(""));
    for (const delta of lossy) {
      stream = withDelta(stream, delta);
      // Never a wrong word, also where some are missing.
      expect(text.startsWith(stream.text)).toBe(true);
      // The answer may be older than what has been heard since.
      const kept = points.slice(0, roll(points.length)).join("");
      if (hasHole(stream) && roll(2) === 0) stream = withWhole(stream, { attempt: 1, text: kept });
      expect(text.startsWith(stream.text)).toBe(true);
    }
    stream = withWhole(stream, { attempt: 1, text });
    expect(stream.text).toBe(text);
    expect(hasHole(stream)).toBe(false);
  });

  test.each(SEEDS.slice(0, 100))("begins anew when a provider broke (seed %i)", (seed) => {
    const roll = dice(seed);
    const [first, second] = [textOf(roll, 20), textOf(roll, 30)];
    const early = pieces(first, 1, roll);
    const late = pieces(second, 2, roll);
    let stream = all(begun(1, ""), early.slice(0, 1 + roll(early.length)));
    if (roll(2) === 0) stream = withRestart(stream, { message_id: "m", attempt: 2, reason: "cut" });
    // Pieces of the attempt that broke may still come.
    const mixed = late.flatMap((delta) => [delta, early[roll(early.length)] ?? delta]);
    expect(all(stream, mixed).text).toBe(second);
  });
});

test("a continued reply goes on at its end, and from an older text after asking", () => {
  const stream = begun(1, "kept 🎉");
  const more = { message_id: "m", attempt: 2, offset: 6, text: " more" };
  expect(withDelta(stream, more).text).toBe("kept 🎉 more");
  const behind = withDelta(begun(1, "ke"), more);
  expect(hasHole(behind)).toBe(true);
  expect(withWhole(behind, { attempt: 2, text: "kept 🎉" }).text).toBe("kept 🎉 more");
});

test("a piece that adds nothing changes nothing", () => {
  const stream = begun(2, "text");
  expect(withDelta(stream, { message_id: "m", attempt: 2, offset: 1, text: "ex" })).toBe(stream);
  expect(withDelta(stream, { message_id: "m", attempt: 1, offset: 9, text: "old" })).toBe(stream);
  expect(withWhole(stream, { attempt: 1, text: "longer text" })).toBe(stream);
});
