/** Light, dark, or what the system says; kept in this browser (public/theme.js reads it first). */
import { store, stored } from "@/storage";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "trialogue.theme";

export function chosenTheme(): Theme {
  const kept = stored(KEY);
  return THEMES.find((theme) => theme === kept) ?? "system";
}

export function chooseTheme(theme: Theme): void {
  store(KEY, theme === "system" ? null : theme);
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
