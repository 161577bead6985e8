import { expect, test, vi } from "vitest";

vi.mock("katex/dist/katex.min.css", () => ({}));
const { isModest } = await import("@/ui/markdown/formulas");

test.each([
  "\\def\\a#1{\\a{#1#1}}\\a{x}",
  "\\newcommand{\\a}{b}\\a",
  "\\\\\\gdef\\a{b}",
  "\\let\\a=b",
  "x".repeat(6_000),
])("%j is not drawn", (source) => {
  expect(isModest(source)).toBe(false);
});

test.each(["\\left( x \\right)", "\\default", "a \\\\let b", "\\frac{1}{2}"])(
  "%j is drawn",
  (source) => {
    expect(isModest(source)).toBe(true);
  },
);
