import { describe, expect, it, test } from "vitest";
import { piecesOf } from "@/features/messages/text";

const links = (text: string) => piecesOf(text).flatMap(({ href }) => href ?? []);

describe("the text of a message", () => {
  it("keeps every character", () => {
    const text = "Look: https://example.org/a(b)c, and http://example.com.\n再见";
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });

  it("links web addresses without the sentence around them", () => {
    expect(links("(see https://example.org/x).")).toEqual(["https://example.org/x"]);
    expect(links("https://en.example.org/wiki/A_(b)")).toEqual([
      "https://en.example.org/wiki/A_(b)",
    ]);
    expect(links("看https://example.org/路径，很好")).toEqual([
      "https://example.org/%E8%B7%AF%E5%BE%84",
    ]);
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "https://",
    "file:///etc/passwd",
  ])("never links %s", (text) => expect(links(text)).toEqual([]));
});

test("an address with thousands of brackets or points behind it is cut soon", () => {
  const begun = performance.now();
  expect(piecesOf(`https://example.org/a${")".repeat(19_000)}`)[0]?.text).toBe(
    "https://example.org/a",
  );
  expect(piecesOf(`https://example.org/${".".repeat(19_000)}a`)).toHaveLength(1);
  expect(performance.now() - begun).toBeLessThan(500);
});
