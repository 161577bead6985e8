import { expect, test } from "vitest";
import { isModest } from "@/ui/markdown/modest";

test.each([
  'packet-beta\n0-9999999: "x"',
  "packet\n+99999999: x",
  'flowchart TD\nA@{ img: "https://example.org/x.png", label: "x" }',
  'flowchart TD\nA@{ "\\u0069mg": "https://example.org/x.png" }',
  'graph TD\nA["<img src=https://example.org/x.png>"]',
  '%%{init: {"themeCSS": "rect{background:url(https://example.org/x)}"}}%%\ngraph TD\nA-->B',
  "---\na: &a [x, x]\nb: &b [*a, *a]\n---\ngraph TD\nA-->B",
  `sequenceDiagram\n${"A->>B: x\n".repeat(500)}`,
  `graph TD\n${"A-->B;".repeat(1_000)}`,
])("%j is not drawn", (source) => {
  expect(isModest(source)).toBe(false);
});

test.each([
  'graph TD\nA[One<br>two]-->B@{ shape: rounded }\nclick B href "https://example.org"',
  "---\ntitle: Ada & Bob\n---\ngraph TD\nA & B-->C",
  'packet-beta\n0-15: "Source Port"\n16-31: "Destination Port"',
  `sequenceDiagram\n${"A->>B: x\n".repeat(90)}`,
])("%j is drawn", (source) => {
  expect(isModest(source)).toBe(true);
});
