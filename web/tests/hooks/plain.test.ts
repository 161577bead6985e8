import { expect, test } from "vitest";
import { looksPlain, plainText } from "@/hooks/plain";

test.each([
  "See you at 5 - or later?",
  "It costs 3.50 € & more",
  "你好，世界！",
  "A line\nand another one",
  "https://example.org/a?b=c&d=e",
])("%j is shown without the renderer", (text) => {
  expect(looksPlain(text)).toBe(true);
  expect(plainText(text)).toBe(text);
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

test.each([
  // Emphasis
  ["**Names** that *say* who, __not__ _what_ or ~~how~~", "Names that say who, not what or how"],
  ["***All*** of **a *whole* team**", "All of a whole team"],
  ["让名字说明**适合谁**：**工作室版**。", "让名字说明适合谁：工作室版。"],
  ["**use `x` here**", "use x here"],
  // Blocks
  ["# Planets\n\nSee them", "Planets\nSee them"],
  ["Planets\n===\nSee them\n\n---\nAll", "Planets\nSee them\nAll"],
  ["## Closed ##", "Closed"],
  ["> quoted\n> **twice**\n\nSo?", "quoted\ntwice\nSo?"],
  ["- one\n* two\n  + three", "• one\n• two\n• three"],
  ["1. **Solo**: one\n2. Studio", "1. Solo: one\n2. Studio"],
  ["- [ ] to do\n- [x] done", "☐ to do\n✓ done"],
  ["| a | **b** |\n|---|:-:|\n| 1 | 2 |\n\nc | d", "a · b\n1 · 2\nc | d"],
  // Links
  ['See [the plan](https://example.org/a_(b) "Plan").', "See the plan."],
  ["![a boat](boat.png) [![alt](a.png)](https://b.org)", "a boat alt"],
  [
    "<https://example.org/_a_> or **https://example.org/_b_**",
    "https://example.org/_a_ or https://example.org/_b_",
  ],
  [
    "See [this][1], [that] and [0].\n\n[1]: https://a.org\n[that]: https://b.org 'B'",
    "See this, that and [0].",
  ],
  // Code
  ["`a_b_c` and ``x ` y``", "a_b_c and x ` y"],
  [
    "Run:\n```python\ndef f(*a, **b):\n    # **not** bold\n```\nand see",
    "Run:\ndef f(*a, **b):\n    # **not** bold\nand see",
  ],
  ["~~~\n[a](b)", "[a](b)"],
  // Mathematics
  ["`\\(a\\)` \\[ b_1 \\]", "\\(a\\) b_1"],
  ["$x_1^2$ and \\(y_1\\), $$\\frac{a}{b}$$", "x_1^2 and y_1, \\frac{a}{b}"],
  ["$$\na_1 * b_1 * c\n$$", "a_1 * b_1 * c"],
  // Signs
  ["¯\\_(ツ)_/¯", "¯_(ツ)_/¯"],
  ["\\*not\\* a &lt;b&gt; &amp; &#20320;", "*not* a <b> & 你"],
])("%j is read as %j", (text, plain) => {
  expect(plainText(text)).toBe(plain);
});

test.each([
  "2 * 3 * 4 = 24",
  "snake_case_name and __dirname",
  "f(*args, **kwargs)",
  "ls | wc -l",
  "[draft] and (this)",
  "between $5 and $10",
  "@ada_b_c and @_x_, ada_l@example.org",
  "a **bold beginning that is cut o",
  "marks \uE000 of \uE0010\uE001 *our own",
  "**",
  "---",
  "&unknown;",
])("%j stays as it is", (text) => {
  expect(plainText(text)).toBe(text);
});

test.each([
  ["`\uE0000\uE001`", "\uE0000\uE001"],
  ["$$\uE0000\uE001$$", "\uE0000\uE001"],
  ["\\(\uE0000\uE001\\)", "\uE0000\uE001"],
  ["*a* \uE0000\uE001 `b`", "a \uE0000\uE001 b"],
])("what looks like a mark of our own leads nowhere: %j", (text, words) => {
  expect(plainText(text)).toBe(words);
});

test("of a text that is longer than anybody sees the beginning is enough", () => {
  expect(plainText(`**${"word ".repeat(10_000)}`).length).toBeLessThanOrEqual(4_000);
});

test("long runs of spaces take no time", () => {
  for (const text of ["- | x", "# a b", "a|b\n-| x"]) {
    const begun = performance.now();
    plainText(text.replace(" ", " ".repeat(100_000)));
    expect(performance.now() - begun).toBeLessThan(10_000);
  }
});

test("many marks without an end take no time", () => {
  for (const mark of ["*a ", "_a ", "`a ``b ", "[a ", "$a ", "~~a ", "\\(a ", "[a](b ", "| - "]) {
    const begun = performance.now();
    plainText(mark.repeat(20_000 / mark.length));
    expect(performance.now() - begun).toBeLessThan(10_000);
  }
});
