import { memo, useLayoutEffect, useRef, useState } from "react";
import { heavy, useHeavy } from "./heavy";
import styles from "./Markdown.module.css";

const formulas = heavy(() => import("./formulas"));

interface FormulaProps {
  source: string;
  display?: boolean;
  /** Not finished yet: shown as it is written. */
  open?: boolean;
}

/** A formula; its source until it can be drawn, and where it cannot. */
export const Formula = memo(function Formula({ source, display, open }: FormulaProps) {
  const place = useRef<HTMLSpanElement>(null);
  const [broken, setBroken] = useState<string | null>(null);
  const known = useHeavy(formulas, !open);
  const drawn = known !== undefined && !open && broken !== source;
  useLayoutEffect(() => {
    if (!drawn || !place.current) return;
    try {
      known.draw(place.current, source, display ?? false);
    } catch {
      setBroken(source);
    }
  }, [drawn, known, source, display]);
  return (
    <span className={styles.formula} data-display={display || undefined}>
      {drawn ? <span key="drawn" ref={place} /> : <code className={styles.code}>{source}</code>}
    </span>
  );
});
