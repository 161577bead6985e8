/** KaTeX with its styles. A chunk of its own, loaded with the first formula. */
import katex from "katex";
import "katex/dist/katex.min.css";

/** Puts a formula into an element; throws where it is none. */
export function draw(element: HTMLElement, source: string, display: boolean): void {
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
