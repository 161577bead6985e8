import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isTangled } from "@/hooks/tangled";
import { read } from "@/ui/markdown/blocks";

const twice = (open: string, close: string, count: number) =>
  open.repeat(count) + close.repeat(count);

test.each([
  ["lists", `${"- ".repeat(7_000)}x`],
  ["quotes", `${">".repeat(15_000)}x`],
  ["lists in quotes", `${"> - ".repeat(5_000)}x`],
  ["numbers", `${"1. ".repeat(300)}x`],
  ["items behind tabs", `${"-\t".repeat(300)}x`],
  ["emphasis", twice("*a ", "b*", 3_000)],
  ["emphasis of several lines", twice("**a\n", "b**\n", 2_000)],
  ["what is crossed out", twice("~~a ", "b~~", 2_000)],
  ["pictures", twice("![", "](x)", 3_000)],
  ["brackets", "[".repeat(18_000)],
  ["marks within words", "**_".repeat(5_000)],
])("of %s too deep within each other nobody reads more than the text", (_, text) => {
  expect(isTangled(text)).toBe(true);
});

test.each([
  "```a`\n",
  "    ```\n",
  "- a\n  ```\n\n",
  "> ```\n",
  "<!--\n```\n-->\n\n",
  "$$\n```\n$$\n\n",
  "```\n``` x\n```\n",
])("%j hides nothing that nests", (before) => {
  expect(isTangled(`${before}${"- ".repeat(500)}x`)).toBe(true);
});

test("a paragraph of thousands of lines is not read", () => {
  expect(isTangled(`- a\n${"a\n".repeat(9_000)}`)).toBe(true);
  expect(isTangled("=\n".repeat(10_000))).toBe(true);
});

test.each([
  ["a rule", "- ".repeat(200)],
  ["another rule", "*".repeat(200)],
  ["answers to answers", `${"> ".repeat(12)}x`],
  ["a code block", `\`\`\`c\n${"*a = b[i][j] _x;\n".repeat(1_000)}\`\`\``],
  ["names", "see `a_b_c` and snake_case_names, ".repeat(500)],
  ["a table", "| **a** | _b_ | [c](https://example.org) |\n".repeat(1_000)],
  ["items", "- **a**: _b_ [c](https://example.org)\n".repeat(1_000)],
  ["the README", readFileSync("../README.md", "utf8")],
])("%s is Markdown", (_, text) => {
  expect(isTangled(text)).toBe(false);
});

test("what is just not too deep is read soon", () => {
  const texts = [
    `${"- ".repeat(12)}x\n`.repeat(750),
    `${twice("*a ", "b*", 150)}\n\n`.repeat(26),
    `${twice("![", "](x)", 40)}\n\n`.repeat(80),
  ];
  for (const text of texts) {
    expect(isTangled(text)).toBe(false);
    const begun = performance.now();
    read(text);
    expect(performance.now() - begun).toBeLessThan(20_000);
  }
}, 60_000);
