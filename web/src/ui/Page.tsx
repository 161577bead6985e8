import type { KeyboardEvent, ReactNode } from "react";
import styles from "./Page.module.css";

interface PageProps {
  title: string;
  /** What the browser's tab says. */
  tab: string;
  /** The way back on a phone. */
  back: ReactNode;
  /** In the place of the title, which is then only read out. */
  head?: ReactNode;
  /** Between the title and the content: the parts of the page. */
  parts?: ReactNode;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
  children: ReactNode;
}

/** A page that is no conversation: a heading, perhaps parts, and cards below one another. */
export function Page({ title, tab, back, head, parts, onKeyDown, children }: PageProps) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only hears what is pressed inside of it
    <section className={styles.page} onKeyDown={onKeyDown}>
      <title>{tab}</title>
      <header className={styles.head}>
        {back}
        <h1 className={head ? "visually-hidden" : undefined}>{title}</h1>
        {head}
      </header>
      {parts}
      <div className={styles.body}>{children}</div>
    </section>
  );
}

interface CardProps {
  title: string;
  /** Where the heading is not shown, it is still the card's name. */
  quiet?: boolean;
  text?: string;
  children: ReactNode;
}

export function Card({ title, quiet, text, children }: CardProps) {
  return (
    <section className={styles.card} aria-label={title}>
      {!quiet && (
        <div>
          <h2>{title}</h2>
          {text && <p className={styles.text}>{text}</p>}
        </div>
      )}
      {children}
    </section>
  );
}
