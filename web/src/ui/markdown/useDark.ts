/** Whether the page is dark: by its own setting, else by the system's. */
import { useSyncExternalStore } from "react";

const system = () => window.matchMedia("(prefers-color-scheme: dark)");

export function useDark(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const observer = new MutationObserver(listener);
      observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
      const media = system();
      media.addEventListener("change", listener);
      return () => {
        observer.disconnect();
        media.removeEventListener("change", listener);
      };
    },
    () => {
      const theme = document.documentElement.dataset.theme;
      return theme === "dark" || (theme !== "light" && system().matches);
    },
  );
}
