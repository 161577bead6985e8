import { Check, Copy } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "./Button";
import styles from "./CopyField.module.css";

interface CopyFieldProps {
  label: string;
  value: string;
  copy: string;
  copied: string;
}

/** Something to be passed on: shown whole, copied with one press. */
export function CopyField({ label, value, copy, copied }: CopyFieldProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [done, setDone] = useState(false);
  const take = async () => {
    field.current?.select();
    // Without TLS the browser does not let a page copy: then it is selected, ready for the keys.
    if (!navigator.clipboard) return;
    await navigator.clipboard.writeText(value);
    setDone(true);
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <div className={styles.row}>
        <input ref={field} id={id} readOnly value={value} onFocus={(e) => e.target.select()} />
        <Button look="primary" onClick={() => void take()}>
          {done ? <Check size={18} aria-hidden="true" /> : <Copy size={18} aria-hidden="true" />}
          {done ? copied : copy}
        </Button>
      </div>
    </div>
  );
}
