/** Whether the page is dark: by its own setting, else by the system's. */
import { useSyncExternalStore } from "react";

const SYSTEM = window.matchMedia("(prefers-color-scheme: dark)");

export function useDark(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const observer = new MutationObserver(listener);
      observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
      SYSTEM.addEventListener("change", listener);
      return () => {
        observer.disconnect();
        SYSTEM.removeEventListener("change", listener);
      };
    },
    () => {
      const theme = document.documentElement.dataset.theme;
      return theme === "dark" || (theme !== "light" && SYSTEM.matches);
    },
  );
}
