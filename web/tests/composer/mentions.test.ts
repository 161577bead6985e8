import { describe, expect, it } from "vitest";
import { completed, suggested, wordAt } from "@/features/composer/mentions";

const people = [
  { id: "1", username: "tom.baker", name: "Tom Baker" },
  { id: "2", username: "xiaoming", name: "王小明" },
  { id: "3", username: "bakerstreet", name: "Sherlock" },
];

describe("the word at the caret", () => {
  it("begins behind an @ at the start, after a space, and after Chinese", () => {
    expect(wordAt("@to", 3)).toEqual({ start: 0, query: "to" });
    expect(wordAt("hi @", 4)).toEqual({ start: 3, query: "" });
    expect(wordAt("你好@小", 4)).toEqual({ start: 2, query: "小" });
    expect(wordAt("＠小", 2)).toEqual({ start: 0, query: "小" });
  });

  it("is none in an address, nor behind a space", () => {
    expect(wordAt("ada@example", 11)).toBeNull();
    expect(wordAt("@tom and", 8)).toBeNull();
  });
});

it("those who are named so come before those where it stands inside", () => {
  expect(suggested(people, "ba").map(({ id }) => id)).toEqual(["3", "1"]);
  expect(suggested(people, "小明").map(({ id }) => id)).toEqual(["2"]);
  expect(suggested(people, "xyz")).toEqual([]);
});

it("a completed name has one space behind it, and the caret behind that", () => {
  expect(completed("ask @to now", 7, { start: 4, query: "to" }, "tom.baker")).toEqual({
    text: "ask @tom.baker now",
    caret: 15,
  });
});
