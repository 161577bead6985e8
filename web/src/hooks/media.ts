/** What the screen is like, where styles alone cannot tell. */
import { useSyncExternalStore } from "react";

const PHONE = window.matchMedia("(max-width: 48rem)");

/** One screen at a time: the list, or a page. */
export function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      PHONE.addEventListener("change", listener);
      return () => PHONE.removeEventListener("change", listener);
    },
    () => PHONE.matches,
  );
}
