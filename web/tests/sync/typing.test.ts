import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Typing } from "@/sync/typing";
import type { Frame } from "@/sync/wire";

let sent: [string, boolean][];
let ended: Frame[];
let typing: Typing;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  ended = [];
  typing = new Typing(
    (id, on) => sent.push([id, on]),
    (frame) => ended.push(frame),
  );
});
afterEach(() => vi.useRealTimers());

it("that one writes is told at most every three seconds, and at once that one has stopped", () => {
  typing.set("room", true);
  vi.advanceTimersByTime(2000);
  typing.set("room", true);
  expect(sent).toEqual([["room", true]]);
  vi.advanceTimersByTime(1500);
  typing.set("room", true);
  typing.set("room", false);
  typing.set("room", false);
  expect(sent).toEqual([
    ["room", true],
    ["room", true],
    ["room", false],
  ]);
});

it("what has ended by itself needs no word", () => {
  typing.set("room", true);
  vi.advanceTimersByTime(7000);
  typing.set("room", false);
  expect(sent).toEqual([["room", true]]);
});

it("others stop writing after six seconds without a word, later when they go on", () => {
  const frame = {
    event: "typing",
    conversation_id: "room",
    data: { user_id: "ada", typing: true },
  };
  typing.hear(frame);
  vi.advanceTimersByTime(4000);
  typing.hear(frame);
  vi.advanceTimersByTime(4000);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(ended).toEqual([{ ...frame, data: { user_id: "ada", typing: false } }]);
});
