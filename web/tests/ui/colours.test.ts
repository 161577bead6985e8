import { expect, test } from "vitest";
import { Colours, type Painter } from "@/ui/markdown/colours";
import { type Token, tokensOf } from "@/ui/markdown/highlighter";

const always = () => true;

/** Answers but for what is to last for ever; says how often it was ended. */
function painters() {
  const seen = { made: 0, ended: 0 };
  const make = (): Painter => {
    seen.made += 1;
    const painter: Painter = {
      onmessage: null,
      onerror: null,
      terminate: () => {
        seen.ended += 1;
      },
      postMessage: ({ code }) => {
        const data: Token[] = [{ text: code, kind: "keyword" }];
        if (code === "endless") return;
        queueMicrotask(() => painter.onmessage?.({ data } as MessageEvent<Token[]>));
      },
    };
    return painter;
  };
  return { seen, make };
}

test("code whose colours take too long has none, and the next one gets its own", async () => {
  const { seen, make } = painters();
  const colours = new Colours(make, 20);
  const both = ["endless", "let"].map((code) => colours.of({ code, language: "js" }, always));
  expect(await Promise.all(both)).toEqual([null, [{ text: "let", kind: "keyword" }]]);
  expect(seen).toEqual({ made: 2, ended: 1 });
});

test("what nobody waits for any more is not looked for", async () => {
  const { seen, make } = painters();
  expect(await new Colours(make).of({ code: "a", language: "js" }, () => false)).toBeNull();
  expect(seen.made).toBe(0);
});

test.each([
  ["bash", "$".concat("{")],
  ["javascript", "`$".concat("{")],
  ["typescript", "`$".concat("{")],
  ["python", 'f"{'],
  ["ruby", '"#{'],
  ["rust", "/*"],
  ["swift", '"\\('],
])("%s that nests beyond measure has no colours, and breaks nothing", (language, open) => {
  expect(() => tokensOf(open.repeat(8_000), language)).not.toThrow();
});
