/** From message to message with the arrow keys; Enter opens what can be done with one. */
import type { KeyboardEvent } from "react";

const ROW = "article[data-seq]";

/** For the scroller of a history. Other keys scroll it as ever. */
export function walk(event: KeyboardEvent<HTMLElement>): void {
  const scroller = event.currentTarget;
  const target = event.target as HTMLElement;
  const rows = [...scroller.querySelectorAll<HTMLElement>(ROW)];
  const at = rows.indexOf(target);
  // Inside a row the keys belong to what has the focus there.
  if (target !== scroller && at < 0) {
    if (event.key === "Escape") target.closest<HTMLElement>(ROW)?.focus();
    return;
  }
  if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    const step = event.key === "ArrowUp" ? -1 : 1;
    const next = at < 0 ? lastInSight(scroller, rows) : rows[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  } else if (at >= 0 && (event.key === "Enter" || event.key === "ContextMenu")) {
    event.preventDefault();
    target.querySelector<HTMLElement>("[data-menu]")?.click();
  }
}

function lastInSight(scroller: HTMLElement, rows: HTMLElement[]): HTMLElement | undefined {
  const { bottom } = scroller.getBoundingClientRect();
  return rows.findLast((row) => row.getBoundingClientRect().top < bottom);
}
