/** The parts of a page, each with an address of its own. */
import { useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";
import styles from "@/ui/Parts.module.css";

interface PartsProps {
  label: string;
  parts: { href: string; label: string }[];
}

export function Parts({ label, parts }: PartsProps) {
  const [path] = useLocation();
  const nav = useRef<HTMLElement>(null);
  // On a phone they stand in a row that is longer than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another current part
  useEffect(() => {
    const current = nav.current?.querySelector("[aria-current]");
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path]);
  return (
    <nav ref={nav} className={styles.parts} aria-label={label}>
      {parts.map(({ href, label: name }) => (
        <Link key={href} href={href} aria-current={path === href ? "page" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
