/** Mermaid. A chunk of its own, and the largest: loaded with the first diagram. */
import mermaid from "mermaid";
import { isModest } from "./modest";

/** What a diagram may not set: it would load from elsewhere, or break those drawn after it. */
const OURS = [
  ...["secure", "securityLevel", "startOnLoad", "maxTextSize", "maxEdges"],
  ...["suppressErrorRendering", "theme", "themeCSS", "themeVariables"],
  ...["fontFamily", "altFontFamily", "fontSize"],
];
const EDGES = 100;

let count = 0;
/** One after the other: Mermaid draws with what it was last set up for. */
let last: Promise<unknown> = Promise.resolve();

/** An SVG, cleaned by Mermaid itself; rejects where the source is no diagram. */
export function draw(source: string, dark: boolean): Promise<string> {
  if (!isModest(source)) return Promise.reject(new Error("This diagram is not drawn."));
  const drawn = last.then(async () => {
    mermaid.initialize({
      startOnLoad: false,
      secure: OURS,
      maxEdges: EDGES,
      securityLevel: "strict",
      suppressErrorRendering: true,
      theme: dark ? "dark" : "neutral",
      fontFamily: "inherit",
    });
    await mermaid.parse(source);
    count += 1;
    const name = `diagram-${count}`;
    try {
      return (await mermaid.render(name, source)).svg;
    } finally {
      // Where a drawing fails, Mermaid leaves its drawing board in the page.
      for (const left of [name, `d${name}`]) document.getElementById(left)?.remove();
    }
  });
  last = drawn.catch(() => undefined);
  return drawn;
}
