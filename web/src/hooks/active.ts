/** When an entry of a list shows what can be done with it: pointed at, with the focus, held open. */
import { type FocusEvent, type PointerEvent, useEffect, useRef, useState } from "react";

/** Milliseconds until a press is a long one, pixels that make it a scroll. */
const LONG = 450;
const SLIP = 10;

/** Whether the last input was a key: a menu that a pointer closed gives the focus back too. */
let byKeyboard = false;
document.addEventListener("keydown", () => (byKeyboard = true), true);
document.addEventListener("pointerdown", () => (byKeyboard = false), true);

export function useActive() {
  const [pointed, setPointed] = useState<Element | null>(null);
  const [focused, setFocused] = useState(false);
  const [held, setHeld] = useState(false);
  // An entry that moves in its list, or a menu that vanishes, is left without the browser saying so:
  // what the pointer comes to next tells.
  useEffect(() => {
    if (!pointed) return;
    const elsewhere = ({ target }: Event) => {
      if (!pointed.contains(target as Node)) setPointed(null);
    };
    document.addEventListener("pointerover", elsewhere);
    return () => document.removeEventListener("pointerover", elsewhere);
  }, [pointed]);
  return {
    active: pointed !== null || focused || held,
    setHeld,
    watch: {
      onPointerEnter: ({ pointerType, currentTarget }: PointerEvent<HTMLElement>) =>
        setPointed(pointerType === "mouse" ? currentTarget : null),
      onPointerLeave: () => setPointed(null),
      onFocus: (event: FocusEvent) =>
        setFocused(byKeyboard && event.target.matches(":focus-visible")),
      onBlur: ({ currentTarget, relatedTarget }: FocusEvent<HTMLElement>) => {
        if (!currentTarget.contains(relatedTarget)) setFocused(false);
      },
    },
  };
}

/** A finger that rests on something. The browser's own menu stays away. */
export function useLongPress(onLong: () => void) {
  const start = useRef<{ x: number; y: number; timer: ReturnType<typeof setTimeout> } | null>(null);
  const stop = () => {
    clearTimeout(start.current?.timer);
    start.current = null;
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      stop();
      if (event.pointerType === "mouse") return;
      const timer = setTimeout(() => {
        stop();
        swallowRelease();
        onLong();
      }, LONG);
      start.current = { x: event.clientX, y: event.clientY, timer };
    },
    onPointerMove: (event: PointerEvent) => {
      const from = start.current;
      if (!from) return;
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    onContextMenu: (event: { preventDefault: () => void; nativeEvent: Event }) => {
      if ((event.nativeEvent as globalThis.PointerEvent).pointerType === "touch") {
        event.preventDefault();
      }
    },
  };
}

/** The finger that opened something is still down: lifting it must not press what is under it. */
function swallowRelease(): void {
  const forget = () => {
    document.removeEventListener("touchend", release);
    document.removeEventListener("touchcancel", forget);
  };
  const release = (event: TouchEvent) => {
    event.preventDefault();
    forget();
  };
  document.addEventListener("touchend", release, { passive: false });
  document.addEventListener("touchcancel", forget);
}
