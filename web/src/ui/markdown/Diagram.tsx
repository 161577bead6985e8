import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { Source } from "./CodeBlock";
import { heavy } from "./heavy";
import styles from "./Markdown.module.css";
import { useDark } from "./useDark";
import { useManner } from "./words";

const diagrams = heavy(() => import("./diagrams"));

/** A diagram from its description, which stays at hand; the description alone where it is none. */
export function Diagram({ source }: { source: string }) {
  const { words } = useManner();
  const dark = useDark();
  const [shown, setShown] = useState<{ svg: string } | "broken" | null>(null);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let current = true;
    diagrams
      .load()
      .then(({ draw }) => draw(source, dark))
      .then(
        (svg) => current && setShown({ svg }),
        () => current && setShown("broken"),
      );
    return () => {
      current = false;
    };
  }, [source, dark]);
  const svg = shown !== null && shown !== "broken" ? shown.svg : null;
  useLayoutEffect(() => {
    // Mermaid has cleaned it; scripts that are put in this way would not run either.
    if (place.current && svg !== null) place.current.innerHTML = svg;
  }, [svg]);
  if (svg === null) {
    return (
      <>
        <Source code={source} language="mermaid" />
        {shown === "broken" && <p className={styles.broken}>{words.broken}</p>}
      </>
    );
  }
  return (
    <figure className={styles.diagram}>
      <div ref={place} role="img" aria-label={words.diagram} className={styles.drawing} />
      <details>
        <summary>{words.source}</summary>
        <Source code={source} language="mermaid" />
      </details>
    </figure>
  );
}
