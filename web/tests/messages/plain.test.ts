import { expect, test } from "vitest";
import { looksPlain } from "@/features/messages/plain";

test.each([
  "See you at 5 - or later?",
  "It costs 3.50 € & more",
  "你好，世界！",
  "A line\nand another one",
  "https://example.org/a?b=c&d=e",
])("%j is shown without the renderer", (text) => {
  expect(looksPlain(text)).toBe(true);
});

test.each([
  "**bold**",
  "- item",
  "1. item",
  "# Heading",
  "> quoted",
  "`code`",
  "a | b",
  "$x$",
  "text\n---",
  "    code",
  "&copy;",
])("%j is Markdown", (text) => {
  expect(looksPlain(text)).toBe(false);
});
