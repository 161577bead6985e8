import { describe, expect, it } from "vitest";
import { atEnd, positionOf } from "@/features/messages/standing";

describe("standing at the end", () => {
  it("is left by moving up, and found again by moving down", () => {
    expect(atEnd({ top: 900, rest: 0 }, { top: 700, rest: 200 }, true)).toBe(false);
    expect(atEnd({ top: 700, rest: 200 }, { top: 880, rest: 20 }, false)).toBe(true);
  });

  it("is not lost to a message that turns out taller than it was taken for", () => {
    expect(atEnd({ top: 900, rest: 0 }, { top: 900, rest: 1800 }, true)).toBe(true);
    expect(atEnd({ top: 900, rest: 0 }, { top: 2900, rest: 60 }, true)).toBe(true);
  });

  it("is not reached by what others write below", () => {
    expect(atEnd({ top: 700, rest: 200 }, { top: 700, rest: 260 }, false)).toBe(false);
  });
});

describe("the position of a row", () => {
  it("is the middle of the screen, or its top with a little above", () => {
    expect(positionOf({ start: 2000, size: 100 }, 600, "middle")).toBe(1750);
    expect(positionOf({ start: 2000, size: 100 }, 600, "top")).toBe(1976);
  });

  it("never lies before the beginning", () => {
    expect(positionOf({ start: 10, size: 100 }, 600, "middle")).toBe(0);
  });
});
