/** From the field to what was found and on with the arrow keys; what is typed goes to the field. */
import type { KeyboardEvent } from "react";

/** For the page: its field carries `data-field`, what was found `data-found`. */
export function walk(event: KeyboardEvent<HTMLElement>): void {
  const { key, target, currentTarget: page } = event;
  if (event.nativeEvent.isComposing || event.keyCode === 229) return;
  if (key !== "ArrowDown" && key !== "ArrowUp" && key !== "Enter") return;
  const field = page.querySelector<HTMLElement>("[data-field]");
  const found = [...page.querySelectorAll<HTMLElement>("[data-found]")];
  const at = found.indexOf(target as HTMLElement);
  if (target !== field && at < 0) return;
  // From the field Enter goes to what was found; there it opens, as links do.
  if (key === "Enter" && at >= 0) return;
  const next = key === "ArrowUp" ? (found[at - 1] ?? field) : found[at + 1];
  if (!next || next === target) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}
