import type { ReactNode } from "react";
import styles from "./Notice.module.css";

/** An error or a hint in place, with what to do about it. */
export function Notice({
  tone = "error",
  children,
}: {
  tone?: "error" | "calm";
  children: ReactNode;
}) {
  return (
    <div className={styles.notice} data-tone={tone} role={tone === "error" ? "alert" : "status"}>
      {children}
    </div>
  );
}

interface EmptyProps {
  art?: ReactNode;
  title: string;
  /** The heading of the page, or of a part of it. */
  level?: "h1" | "h2";
  text?: string;
  children?: ReactNode;
}

/** Nothing here yet: says so and invites the next step. */
export function Empty({ art, title, level: Heading = "h1", text, children }: EmptyProps) {
  return (
    <div className={styles.empty}>
      {art}
      <Heading className={styles.title}>{title}</Heading>
      {text && <p className={styles.text}>{text}</p>}
      {children && <div className={styles.actions}>{children}</div>}
    </div>
  );
}

/** Grey bars in the shape of a list that is on its way. */
export function Skeleton({ rows = 5, label }: { rows?: number; label: string }) {
  return (
    <div className={styles.skeleton} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no identity
        <div key={index} className={styles.bar} aria-hidden="true">
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}
