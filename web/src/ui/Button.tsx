import { Download } from "lucide-react";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes } from "react";
import { Link } from "wouter";
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

interface ButtonLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
  look?: "primary" | "plain";
  /** The page that is left is not gone back to. */
  replace?: boolean;
}

/** A way to another page that looks like a button. */
export function ButtonLink({ look = "plain", className, ...rest }: ButtonLinkProps) {
  return <Link {...rest} className={`${styles.button} ${className ?? ""}`} data-look={look} />;
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

interface SaveLinkProps {
  label: string;
  href: string | undefined;
  /** What the file is called where it is saved. */
  name: string;
  size?: number;
  className?: string;
}

/** Saves a file; looks like a button that shows only a picture. */
export function SaveLink({ label, href, name, size = 18, className }: SaveLinkProps) {
  return (
    <a
      className={`${styles.icon} ${className ?? ""}`}
      data-look="quiet"
      href={href}
      download={name}
      aria-label={label}
      title={label}
    >
      <Download size={size} aria-hidden="true" />
    </a>
  );
}
