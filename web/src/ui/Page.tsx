import type { ReactNode } from "react";
import styles from "./Page.module.css";

interface PageProps {
  title: string;
  /** What the browser's tab says. */
  tab: string;
  /** The way back on a phone. */
  back: ReactNode;
  /** Between the title and the content: the parts of the page. */
  parts?: ReactNode;
  children: ReactNode;
}

/** A page that is no conversation: a heading, perhaps parts, and cards below one another. */
export function Page({ title, tab, back, parts, children }: PageProps) {
  return (
    <section className={styles.page}>
      <title>{tab}</title>
      <header className={styles.head}>
        {back}
        <h1>{title}</h1>
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
