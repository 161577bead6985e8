/** Where a reader stands in a scroller, and whether a move has taken them from its end. Pure. */

/** Pixels above what is in sight, and below it. */
export interface Standing {
  top: number;
  rest: number;
}

/** Pixels: what still counts as the end. */
const END = 48;

/**
 * Whether the reader stands at the end after a move. Only who moves up leaves it: a tall message
 * that has just been measured, above or below, moves nobody.
 */
export function atEnd(before: Standing, now: Standing, was: boolean): boolean {
  if (now.rest <= END) return true;
  const upwards = now.top < before.top && now.rest > before.rest;
  return was && !upwards;
}

/** The place of a row of a list: where it begins, and how tall it is. */
export interface Row {
  start: number;
  size: number;
}

/** How far from the top of the screen the first new message is shown. */
const ABOVE = 24;

/** The scroll position that shows a row: in the middle, or the first new one near the top. */
export function positionOf(row: Row, height: number, where: "middle" | "top"): number {
  const position = where === "top" ? row.start - ABOVE : row.start + (row.size - height) / 2;
  return Math.max(0, position);
}
