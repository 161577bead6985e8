/** Where the reader stands in a history: at the end, at a target, somewhere in between. */
import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { useClient } from "@/hooks/client";
import { useLate } from "@/hooks/task";
import type { ConversationState, Stretch } from "@/sync/state";
import { hasNewer } from "@/sync/stretch";
import { type Row, rowOfSeq } from "./rows";

/** Pixels: what counts as the end, and how far ahead of an edge more is asked for. */
const END = 48;
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
  const [atEnd, setAtEnd] = useState(target === null);
  const shift = useShift(stretch);
  const loader = useLoader(conversation, stretch);

  /** Where the reader stood last: pixels above, pixels below. */
  const last = useRef({ top: 0, rest: 0 });
  const toEnd = useCallback(() => {
    stuck.current = true;
    setAtEnd(true);
    const element = scroller.current;
    // Not through the list: it tries again later, and would scroll away from a newer end.
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    last.current = { top: element.scrollTop, rest: 0 };
  }, []);

  const settling = useRef(false);
  const onScroll = () => {
    const element = scroller.current;
    if (!element || settling.current) return;
    const top = element.scrollTop;
    const rest = element.scrollHeight - top - element.clientHeight;
    // Only who moves up leaves the end: a tall message that has just been measured moves nobody.
    const upwards = top < last.current.top && rest > last.current.rest;
    last.current = { top, rest };
    if (rest <= END) stuck.current = true;
    else if (upwards) stuck.current = false;
    setAtEnd(stuck.current);
    loader.near(top < AHEAD, rest < AHEAD);
  };

  useArrival({ rows, target, list, stuck, settling, toEnd, onSettled: onScroll });
  useStayAtEnd(scroller, stuck, toEnd);
  // What is new at the end is shown at once to whoever stands there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are the reason
  useLayoutEffect(() => {
    if (stuck.current) toEnd();
  }, [rows, toEnd]);
  // Whoever writes wants to see what they have written.
  const written = rows.at(-1)?.kind === "pending" ? rows.at(-1)?.key : undefined;
  useLayoutEffect(() => {
    if (written && !settling.current) toEnd();
  }, [written, toEnd]);
  // A short page leaves nothing to scroll: ask for what is before it all the same.
  useEffect(() => {
    const element = scroller.current;
    if (element && !settling.current) loader.near(element.scrollTop < AHEAD, false);
  });

  return { scroller, list, shift, onScroll, atEnd, toEnd, loadingOlder: loader.loadingOlder };
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
  list: React.RefObject<VirtualizerHandle | null>;
  stuck: React.RefObject<boolean>;
  settling: React.RefObject<boolean>;
  toEnd: () => void;
  onSettled: () => void;
}

/** Milliseconds in which rows around the place of arrival are measured and nothing is loaded. */
const SETTLE = 200;

/** The first sight: the message of the address, the first new one, or the end. */
function useArrival({ rows, target, list, stuck, settling, toEnd, onSettled }: Arrival) {
  const arrived = useRef<number | null | undefined>(undefined);
  const settled = useEffectEvent(onSettled);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useLayoutEffect(() => {
    if (arrived.current === target) return;
    const index = target === null ? -1 : rowOfSeq(rows, target);
    if (target !== null && index < 0) return;
    const isFirstSight = arrived.current === undefined;
    arrived.current = target;
    const line = isFirstSight ? rows.findIndex((row) => row.kind === "new") : -1;
    if (target === null && line < 0) return isFirstSight ? toEnd() : undefined;
    stuck.current = false;
    settling.current = true;
    const go = () =>
      index >= 0
        ? list.current?.scrollToIndex(index, { align: "center" })
        : list.current?.scrollToIndex(line, { align: "start", offset: -24 });
    go();
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      settling.current = false;
      settled();
    }, SETTLE);
  }, [rows, target, list, stuck, settling, toEnd]);
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
