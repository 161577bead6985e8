import styles from "./Bars.module.css";

export interface Bar {
  key: string;
  label: string;
  value: number;
  /** What the value says, for everyone. */
  text: string;
}

/** Amounts side by side: a list that can be read, each with a bar that can be seen. */
export function Bars({ bars, label }: { bars: Bar[]; label: string }) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <ul className={styles.bars} aria-label={label}>
      {bars.map(({ key, label: name, value, text }) => (
        <li key={key}>
          <span className={styles.label}>{name}</span>
          <span className={styles.track} aria-hidden="true">
            <span style={{ inlineSize: `${(value / most) * 100}%` }} />
          </span>
          <span className={styles.value}>{text}</span>
        </li>
      ))}
    </ul>
  );
}
