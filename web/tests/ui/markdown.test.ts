import { describe, expect, test } from "vitest";
import { grow, NOTHING, type Reading, read, withDollars } from "@/ui/markdown/blocks";
import { mended } from "@/ui/markdown/mend";

const DOCUMENT = `# Plan

Some **bold**, *light* and \`code\` with a [link](https://example.org/a_(b)).

- one
- two

  second paragraph

\`\`\`python
def f(x):

    return x ** 2
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

> quoted
> more

See [there][1] and 你好，世界 🎉🎉.

[1]: https://example.org

The end: $x^2$ and

$$
y = 1
$$
`;

const shape = ({ blocks }: Reading) => blocks.map(({ node, start }) => [node.type, start]);

describe("text that grows", () => {
  test("is read as if it had come at once, wherever it is cut", () => {
    for (const step of [1, 7]) {
      let reading = NOTHING;
      for (let at = step; at < DOCUMENT.length + step; at += step)
        reading = grow(reading, DOCUMENT.slice(0, at));
      expect(shape(reading)).toEqual(shape(read(DOCUMENT)));
    }
  });

  test("leaves settled blocks the objects they were", () => {
    const half = grow(NOTHING, DOCUMENT.slice(0, 200));
    const more = grow(half, DOCUMENT.slice(0, 300));
    const settled = half.blocks.length - 2;
    expect(settled).toBeGreaterThan(1);
    for (let at = 0; at < settled; at += 1) expect(more.blocks[at]).toBe(half.blocks[at]);
  });

  test("is read in steps where a block has become very long, and whole in the end", () => {
    const rows = (count: number) => `| a | b |\n|---|---|\n${"| one | two |\n".repeat(count)}`;
    let [reading, reads] = [grow(NOTHING, rows(1_500)), 0];
    for (let count = 1_501; count <= 1_700; count += 1) {
      const next = grow(reading, rows(count));
      if (next !== reading) reads += 1;
      reading = next;
    }
    expect(reads).toBeGreaterThan(3);
    expect(reads).toBeLessThan(9);
    expect(reading.text.length).toBeGreaterThan(0.97 * rows(1_700).length);
    expect(shape(read(rows(1_700)))).toEqual([["table", 0]]);
  });

  test("begins anew where it is another text", () => {
    const reading = grow(grow(NOTHING, "# One\n\ntwo\n\nthree"), "Something else");
    expect(shape(reading)).toEqual([["paragraph", 0]]);
  });
});

describe("an unfinished end", () => {
  test.each([
    ["a **bold", "a **bold**"],
    ["a **", "a "],
    ["a **bold *both", "a **bold *both***"],
    ["a **bold ", "a **bold** "],
    ["`co", "`co`"],
    ["a `", "a "],
    ["see [the li", "see the li"],
    ["see [the link](https://exa", "see the link"],
    ["![a picture](https://exa", ""],
    ["Intro:\n-", "Intro:"],
    ["Intro:\n- one\n-", "Intro:\n- one"],
    ["Text\n==", "Text"],
    ["~~gone", "~~gone~~"],
    ["snake_case and 2 * 3", "snake_case and 2 * 3"],
    ["**done** and `done` and [x](https://y.z)", "**done** and `done` and [x](https://y.z)"],
    ["```js\nconst a = **", "```js\nconst a = **"],
    ["- [ ] to do", "- [ ] to do"],
    ["", ""],
  ])("%j is shown as %j", (text, shown) => {
    expect(mended(text)).toBe(shown);
  });
});

test("math in brackets becomes math in dollars of the same length, but not in code", () => {
  expect(withDollars("so \\(x\\) and `\\(y\\)`")).toBe("so $$x$$ and `\\(y\\)`");
  expect(withDollars("```\n\\[a\\]\n```\n\\[b\\]")).toBe("```\n\\[a\\]\n```\n$$b$$");
});

test("marks without an end cost no time where formulas are looked for", () => {
  for (const mark of ["`", "` ", "``\n", "\\(", "```\n", "~~~\n`"]) {
    const text = `\\(${mark.repeat(3_000)}`;
    const begun = performance.now();
    expect(withDollars(text)).toHaveLength(text.length);
    expect(performance.now() - begun).toBeLessThan(1_000);
  }
});

test("formulas are found between code, not in it", () => {
  expect(withDollars("`a \\(b\\)` \\(c\\) `` ` \\(d\\) ``")).toBe(
    "`a \\(b\\)` $$c$$ `` ` \\(d\\) ``",
  );
  expect(withDollars("\\(a\\)\n~~~\n\\(b\\)\n~~~\n\\[c\\]")).toBe(
    "$$a$$\n~~~\n\\(b\\)\n~~~\n$$c$$",
  );
});
