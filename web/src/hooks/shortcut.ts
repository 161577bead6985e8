/** Keys that work on every page: with Command on a Mac, with Control elsewhere. */
import { useEffect, useEffectEvent } from "react";

export const isMac = /^(Mac|iP)/.test(navigator.platform);

export function useShortcut(key: string, act: () => void): void {
  const run = useEffectEvent(act);
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const held = isMac ? event.metaKey : event.ctrlKey;
      const more = event.altKey || event.shiftKey || (isMac ? event.ctrlKey : event.metaKey);
      if (!held || more || event.key.toLowerCase() !== key) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [key]);
}
