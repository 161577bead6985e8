/** Where the reader stands in a history: at the end, at a target, somewhere in between. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { useClient } from "@/hooks/client";
import { useLate } from "@/hooks/task";
import type { ConversationState, Stretch } from "@/sync/state";
import { hasNewer } from "@/sync/stretch";
import { useHold } from "./hold";
import { type Row, rowOfSeq } from "./rows";
import { type Standing, atEnd as standsAtEnd } from "./standing";

/** Pixels: how far ahead of an edge more is asked for. */
const AHEAD = 800;

interface Place {
  conversation: ConversationState;
  stretch: Stretch;
  rows: Row[];
  target: number | null;
}

export function useScrolling({ conversation, stretch, rows, target }: Place) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const stuck = useRef(target === null);
  /** Null until the place of arrival is known: nothing is read before, and no way down is shown. */
  const [atEnd, setAtEnd] = useState<boolean | null>(null);
  const shift = useShift(stretch);
  const loader = useLoader(conversation, stretch);

  const hold = useHold(scroller, list, () => onScroll());

  /** Where the reader stood last. */
  const last = useRef<Standing>({ top: 0, rest: 0 });
  const { release } = hold;
  const toEnd = useCallback(() => {
    release();
    stuck.current = true;
    setAtEnd(true);
    const element = scroller.current;
    // Not through the list: it tries again later, and would scroll away from a newer end.
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    last.current = { top: element.scrollTop, rest: 0 };
  }, [release]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element || hold.holds()) return;
    const top = element.scrollTop;
    const now = { top, rest: element.scrollHeight - top - element.clientHeight };
    stuck.current = standsAtEnd(last.current, now, stuck.current);
    last.current = now;
    setAtEnd(stuck.current);
    loader.near(top < AHEAD, now.rest < AHEAD);
  };
  useArrival({ rows, target, stuck, hold: hold.begin, toEnd });
  useStayAtEnd(scroller, stuck, toEnd);
  // What is new at the end is shown at once to whoever stands there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are the reason
  useLayoutEffect(() => {
    if (stuck.current) toEnd();
  }, [rows, toEnd]);
  // Whoever writes wants to see what they have written.
  const written = rows.at(-1)?.kind === "pending" ? rows.at(-1)?.key : undefined;
  useLayoutEffect(() => {
    if (written && !hold.holds()) toEnd();
  }, [written, hold.holds, toEnd]);
  // A short page leaves nothing to scroll: ask for what is before it all the same.
  useEffect(() => {
    const element = scroller.current;
    if (element && !hold.holds()) loader.near(element.scrollTop < AHEAD, false);
  });

  return {
    scroller,
    list,
    shift,
    onScroll,
    onResize: hold.measured,
    atEnd,
    toEnd,
    loadingOlder: loader.loadingOlder,
  };
}

/** True in the very render in which older messages were put before the others. */
function useShift(stretch: Stretch): boolean {
  const first = stretch.messages[0]?.seq ?? 0;
  const last = stretch.messages.at(-1)?.seq ?? 0;
  const before = useRef({ first, last });
  const shift = first < before.current.first && last >= before.current.first;
  useLayoutEffect(() => {
    before.current = { first, last };
  });
  return shift;
}

function useLoader(conversation: ConversationState, stretch: Stretch) {
  const client = useClient();
  const busy = useRef(false);
  const [loading, setLoading] = useState(false);
  const loadingOlder = useLate(loading, 300);
  const { id, last_seq } = conversation.facts;
  const near = (top: boolean, bottom: boolean) => {
    const older = top && stretch.hasOlder;
    if (busy.current || !(older || (bottom && hasNewer(stretch, last_seq)))) return;
    busy.current = true;
    setLoading(older);
    const done = () => {
      setLoading(false);
      busy.current = false;
    };
    // After a failure the next scroll asks again, but not at once.
    (older ? client.older(id) : client.newer(id)).then(done, () => setTimeout(done, 2000));
  };
  return { near, loadingOlder };
}

interface Arrival {
  rows: Row[];
  target: number | null;
  stuck: React.RefObject<boolean>;
  hold: (index: number, where: "middle" | "top") => void;
  toEnd: () => void;
}

/** The first sight: the message of the address, the first new one, or the end. */
function useArrival({ rows, target, stuck, hold, toEnd }: Arrival) {
  const arrived = useRef<number | null | undefined>(undefined);
  useLayoutEffect(() => {
    if (arrived.current === target) return;
    const index = target === null ? -1 : rowOfSeq(rows, target);
    if (target !== null && index < 0) return;
    const isFirstSight = arrived.current === undefined;
    arrived.current = target;
    const line = isFirstSight ? rows.findIndex((row) => row.kind === "new") : -1;
    if (target === null && line < 0) return isFirstSight ? toEnd() : undefined;
    stuck.current = false;
    if (index >= 0) hold(index, "middle");
    else hold(line, "top");
  }, [rows, target, stuck, hold, toEnd]);
}

/** The phone's keyboard, a growing composer, late measuring: the end stays in sight. */
function useStayAtEnd(
  scroller: React.RefObject<HTMLDivElement | null>,
  stuck: React.RefObject<boolean>,
  toEnd: () => void,
) {
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => stuck.current && toEnd());
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [scroller, stuck, toEnd]);
}
