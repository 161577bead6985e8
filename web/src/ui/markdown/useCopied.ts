/** To the clipboard, and for a moment the sign that it is there. */
import { useEffect, useState } from "react";

/** Milliseconds. */
const SHOWN = 2000;

export function useCopied(): [boolean, (text: string) => void] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      // A browser that refuses shows it by the sign that does not come.
      () => undefined,
    );
  };
  return [copied, copy];
}
