import type { ButtonHTMLAttributes } from "react";
import styles from "./Button.module.css";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "primary" | "plain" | "quiet" | "danger";
  wide?: boolean;
  busy?: boolean;
}

export function Button({ look = "plain", wide, busy, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${styles.button} ${className ?? ""}`}
      data-look={look}
      data-wide={wide || undefined}
      aria-busy={busy || undefined}
      disabled={rest.disabled || busy}
    />
  );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  look?: "primary" | "quiet";
}

/** A button that shows only a picture: its label is its name and its tooltip. */
export function IconButton({ label, look = "quiet", className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`${styles.icon} ${className ?? ""}`}
      data-look={look}
      aria-label={label}
      title={label}
    />
  );
}
