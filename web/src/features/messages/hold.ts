/**
 * Holds a row at its place on the screen while the rows around it are measured. Not through the
 * list, which does the same but goes on after the reader has moved, and pulls them back.
 */
import { useCallback, useEffectEvent, useRef } from "react";
import type { VirtualizerHandle } from "virtua";
import { positionOf } from "./standing";

/** Milliseconds without a measurement until a place is final, and how long it takes at most. */
const SETTLE = 200;
const LONGEST = 2000;

/** How a reader moves. */
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

interface Held {
  place: () => void;
  /** Lets go; the caller of `useHold` hears of it. */
  end: () => void;
  listening: AbortController;
  until: number;
}

/** `onOver` is called when the place is final, or the reader moves. */
export function useHold(
  scroller: React.RefObject<HTMLDivElement | null>,
  list: React.RefObject<VirtualizerHandle | null>,
  onOver: () => void,
) {
  const held = useRef<Held | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const over = useEffectEvent(onOver);
  const holds = useCallback(() => held.current !== null, []);

  const begin = useCallback(
    (index: number, where: "middle" | "top") => {
      const element = scroller.current;
      if (!element) return;
      held.current?.listening.abort();
      const listening = new AbortController();
      const { signal } = listening;
      const end = () => {
        clearTimeout(timer.current);
        listening.abort();
        held.current = null;
        over();
      };
      const place = () => {
        const row = rowAt(element, list.current, index);
        if (row) element.scrollTop = positionOf(row, element.clientHeight, where);
      };
      for (const move of MOVES) element.addEventListener(move, end, { passive: true, signal });
      held.current = { place, end, listening, until: Date.now() + LONGEST };
      clearTimeout(timer.current);
      timer.current = setTimeout(end, SETTLE);
      place();
    },
    [scroller, list],
  );

  /** The reader is taken elsewhere: nothing is held any more. */
  const release = useCallback(() => {
    clearTimeout(timer.current);
    held.current?.listening.abort();
    held.current = null;
  }, []);

  /** Rows have been measured: the one that is held has moved. */
  const measured = useCallback(() => {
    const now = held.current;
    if (!now) return;
    now.place();
    if (Date.now() > now.until) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(now.end, SETTLE);
  }, []);
  return { begin, holds, release, measured };
}

/** Of the row in its scroller; undefined before there is one. */
function rowAt(scroller: HTMLElement, list: VirtualizerHandle | null, index: number) {
  const rows = scroller.lastElementChild;
  if (!list || !(rows instanceof HTMLElement)) return undefined;
  return { start: rows.offsetTop + list.getItemOffset(index), size: list.getItemSize(index) };
}
