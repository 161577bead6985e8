/** The parts of a page, each with an address of its own. */
import { Link, useLocation } from "wouter";
import styles from "@/ui/Parts.module.css";

interface PartsProps {
  label: string;
  parts: { href: string; label: string }[];
}

export function Parts({ label, parts }: PartsProps) {
  const [path] = useLocation();
  return (
    <nav className={styles.parts} aria-label={label}>
      {parts.map(({ href, label: name }) => (
        <Link key={href} href={href} aria-current={path === href ? "page" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
