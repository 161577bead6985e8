import { describe, expect, test } from "vitest";
import { chosenFor, lineOf } from "@/features/messages/versions";
import type { Message } from "@/sync/wire";
import { message } from "../builders";

const asked = (seq: number, by: string | null = null): Message =>
  message(seq, seq, "ada", { superseded_by: by });

const answer = (seq: number, trigger: number, by: string | null = null): Message =>
  message(seq, seq, "bot", {
    role: "assistant",
    superseded_by: by,
    reply: { id: `r${seq}`, trigger_id: `m${trigger}` } as unknown as Message["reply"],
  });

const seqs = (messages: Message[]) => messages.map(({ seq }) => seq);

describe("what of a history is shown", () => {
  test("is all of it where nothing was made anew", () => {
    const history = [asked(1), answer(2, 1)];
    expect(lineOf(history, {}, true).messages).toBe(history);
  });

  test("is the newest answer, and the older one where it was chosen", () => {
    const history = [asked(1), answer(2, 1, "m3"), answer(3, 1, "m4"), answer(4, 1)];
    const newest = lineOf(history, {}, true);
    expect(seqs(newest.messages)).toEqual([1, 4]);
    expect(seqs(newest.versions.get("m4")?.all ?? [])).toEqual([2, 3, 4]);
    const older = lineOf(history, { m4: "m2" }, true);
    expect(seqs(older.messages)).toEqual([1, 2]);
    expect(older.versions.get("m2")?.head).toBe("m4");
  });

  test("is one branch of a question that was asked anew", () => {
    const history = [
      asked(1, "m6"),
      answer(2, 1, "m3"),
      answer(3, 1, "m6"),
      asked(4, "m6"),
      answer(5, 4, "m6"),
      asked(6),
      answer(7, 6),
    ];
    expect(seqs(lineOf(history, {}, true).messages)).toEqual([6, 7]);
    const old = lineOf(history, { m6: "m1" }, true);
    expect(seqs(old.messages)).toEqual([1, 3, 4, 5]);
    expect(seqs(old.versions.get("m1")?.all ?? [])).toEqual([1, 6]);
    expect(seqs(old.versions.get("m3")?.all ?? [])).toEqual([2, 3]);
  });

  test("leads to any message that others have replaced", () => {
    const history = [
      asked(1, "m6"),
      answer(2, 1, "m3"),
      answer(3, 1, "m6"),
      asked(4, "m6"),
      answer(5, 4, "m6"),
      asked(6, "m8"),
      answer(7, 6, "m8"),
      asked(8),
      answer(9, 8),
    ];
    for (const { seq } of history) {
      const line = lineOf(history, chosenFor(history, seq), true);
      expect(seqs(line.messages)).toContain(seq);
    }
  });

  test("keeps in a room what others have said since", () => {
    const history = [
      asked(1, "m4"),
      answer(2, 1, "m4"),
      message(3, 3, "tom"),
      asked(4),
      answer(5, 4),
      message(6, 6, "tom"),
    ];
    expect(seqs(lineOf(history, {}, false).messages)).toEqual([3, 4, 5, 6]);
    expect(seqs(lineOf(history, { m4: "m1" }, false).messages)).toEqual([3, 1, 2, 6]);
  });
});
