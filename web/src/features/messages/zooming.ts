/** Looking closer at a picture: wheel, keys, two fingers or a double click; moved by dragging. */
import { type PointerEvent, useRef, useState, type WheelEvent } from "react";

export interface Zoom {
  scale: number;
  /** Pixels by which the picture is moved from the middle. */
  x: number;
  y: number;
}

const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 8;
const CLOSER = 1.5;
const CLOSE = 2.5;
/** Pixels: what makes a movement of the finger a swipe. */
const SWIPE = 60;

interface Point {
  x: number;
  y: number;
}

/** `onSwipe` hears 1 for the next picture, -1 for the one before; `key` names the picture. */
export function useZoom(key: string, onSwipe: (by: 1 | -1) => void) {
  const [zoom, setZoom] = useState({ key, ...WHOLE });
  if (zoom.key !== key) setZoom({ key, ...WHOLE });
  const fingers = useRef(new Map<number, Point>());
  const start = useRef<Point | null>(null);

  /** Closer by a factor, around a point that is so far from the middle. */
  const by = (factor: number, around: Point = { x: 0, y: 0 }) =>
    setZoom((old) => {
      const scale = Math.min(MOST, Math.max(1, old.scale * factor));
      if (scale === 1) return { key, ...WHOLE };
      const ratio = scale / old.scale;
      return {
        key,
        scale,
        x: around.x - (around.x - old.x) * ratio,
        y: around.y - (around.y - old.y) * ratio,
      };
    });
  const toggle = (around: Point) => by(zoom.scale > 1 ? 1 / MOST : CLOSE, around);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const isFirst = fingers.current.size === 1;
    start.current = isFirst && zoom.scale === 1 ? { x: event.clientX, y: event.clientY } : null;
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    fingers.current.set(event.pointerId, now);
    if (other) {
      const apart = (point: Point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      by(apart(now) / apart(before), fromMiddle(event.currentTarget, middle));
    } else {
      setZoom((old) => moved(old, now.x - before.x, now.y - before.y));
    }
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const from = start.current;
    fingers.current.delete(event.pointerId);
    start.current = null;
    if (!from || event.pointerType === "mouse") return;
    const across = event.clientX - from.x;
    if (Math.abs(across) < SWIPE || Math.abs(event.clientY - from.y) > Math.abs(across)) return;
    const isRtl = getComputedStyle(event.currentTarget).direction === "rtl";
    onSwipe(across < 0 === isRtl ? -1 : 1);
  };
  return {
    zoom,
    closer: () => by(CLOSER),
    farther: () => by(1 / CLOSER),
    whole: () => setZoom({ key, ...WHOLE }),
    gestures: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: onPointerUp,
      onWheel: (event: WheelEvent<HTMLElement>) =>
        by(Math.exp(-event.deltaY / 400), fromMiddle(event.currentTarget, at(event))),
      onDoubleClick: (event: { currentTarget: HTMLElement; clientX: number; clientY: number }) =>
        toggle(fromMiddle(event.currentTarget, at(event))),
    },
  };
}

function moved<T extends Zoom>(old: T, x: number, y: number): T {
  return old.scale === 1 ? old : { ...old, x: old.x + x, y: old.y + y };
}

function at({ clientX, clientY }: { clientX: number; clientY: number }): Point {
  return { x: clientX, y: clientY };
}

function fromMiddle(element: HTMLElement, point: Point): Point {
  const box = element.getBoundingClientRect();
  return { x: point.x - box.left - box.width / 2, y: point.y - box.top - box.height / 2 };
}
