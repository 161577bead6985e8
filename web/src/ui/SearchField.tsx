import { Search } from "lucide-react";
import type { InputHTMLAttributes, Ref } from "react";
import styles from "./SearchField.module.css";

interface SearchFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type"> {
  /** Its name, and what stands in it while it is empty unless there is a `placeholder`. */
  label: string;
  /** In the head of a page. */
  round?: boolean;
  ref?: Ref<HTMLInputElement>;
}

/** Where one types what is looked for. */
export function SearchField({ label, round, className, ...rest }: SearchFieldProps) {
  return (
    <label className={`${styles.field} ${className ?? ""}`} data-round={round || undefined}>
      <Search size={18} aria-hidden="true" />
      <input placeholder={label} {...rest} type="search" aria-label={label} />
    </label>
  );
}
