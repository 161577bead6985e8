/** What Markdown becomes on the page: never more than its writer may bring there. */
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import Markdown from "@/ui/markdown/Markdown";
import type { Manner } from "@/ui/markdown/words";

const manner: Manner = {
  text: (text) => text,
  words: {
    copy: "Copy",
    copied: "Copied",
    code: "Code",
    table: "Table",
    diagram: "Diagram",
    source: "Source",
    broken: "Broken",
  },
};

const shown = (text: string, growing = false) =>
  renderToStaticMarkup(<Markdown text={text} manner={manner} growing={growing} />);

test("HTML is text", () => {
  const html = shown("<script>alert(1)</script>\n\nA <b onclick=x>word</b>");
  expect(html).toContain("&lt;script&gt;");
  expect(html).not.toMatch(/<script|<b /);
});

test.each([
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](data:text/html,hi)",
  "[x](/settings)",
  "[x](vbscript:y)",
  "![x](javascript:alert(1))",
  "<javascript:alert(1)>",
])("%s leads nowhere", (text) => {
  expect(shown(text)).not.toContain("href");
});

test("links lead out without telling where from", () => {
  const html = shown("[there](https://example.org/a) and [mail](mailto:a@example.org)");
  expect(html).toContain('href="https://example.org/a"');
  expect(html).toContain('rel="noreferrer noopener nofollow"');
  expect(html).toContain('href="mailto:a@example.org"');
});

test("a picture of another host is a link, and is not fetched", () => {
  const html = shown("![chart](https://example.org/steal?what=secret)");
  expect(html).not.toContain("<img");
  expect(html).toContain('href="https://example.org/steal?what=secret"');
});

test("a bare address with underscores is no emphasis", () => {
  const html = shown("See https://example.org/__init__.py **now**");
  expect(html).toContain("https://example.org/__init__.py");
  expect(html).toContain("<strong>now</strong>");
});

test("two prices are no formula, and a formula is one", () => {
  expect(shown("**It** costs $5 now and $10 later")).toContain("$5 now and $10");
  expect(shown("so $x^2$ it is")).toContain("<code");
});

test("code that is still open stands as code", () => {
  const html = shown("```python\nprint(", true);
  expect(html).toContain("python");
  expect(html).toContain("print(");
  expect(html).not.toContain("```");
});

test("a table has its head, its cells and their sides", () => {
  const html = shown("| a | b |\n|---|--:|\n| 1 | 2 |");
  expect(html).toContain("<th");
  expect(html).toContain("text-align:right");
});
