/** KaTeX with its styles. A chunk of its own, loaded with the first formula. */
import katex from "katex";
import "katex/dist/katex.min.css";

/** Characters; more take longer than anybody waits. */
const LONGEST = 5_000;
/** A definition that doubles what it is given fills the memory in fifty steps. */
const DEFINES =
  /(?<!\\)(?:\\\\)*\\(?:[egx]?def|let|futurelet|(?:new|renew|provide)command)(?![A-Za-z@])/u;

/** Puts a formula into an element; throws where it is none. */
export function draw(element: HTMLElement, source: string, display: boolean): void {
  if (!isModest(source)) throw new Error("This formula is not drawn.");
  katex.render(source, element, {
    displayMode: display,
    output: "htmlAndMathml",
    // What people and models write may neither link, nor load, nor run for ever.
    trust: false,
    strict: "ignore",
    maxExpand: 500,
    maxSize: 30,
  });
}

/** Whether a formula can be drawn at once. */
export function isModest(source: string): boolean {
  return source.length <= LONGEST && !DEFINES.test(source);
}
