/** What is asked: typed in the field, kept in the address once the fingers rest. */
import { useEffect, useRef, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { searchPath } from "./path";

/** Milliseconds without a key until what is typed is asked. */
const REST = 200;

export function useQuestion() {
  const [params] = useSearchParams();
  const [, navigate] = useLocation();
  const asked = params.get("q") ?? "";
  const inside = params.get("in");
  const [text, setText] = useState(asked);
  /** What this page has put into the address: anything else there came from elsewhere. */
  const put = useRef(asked);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (asked === put.current) return;
    put.current = asked;
    setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (words: string) => {
    clearTimeout(timer.current);
    if (words.trim() === put.current) return;
    put.current = words.trim();
    navigate(searchPath(words, inside), { replace: true });
  };
  return {
    text,
    asked,
    inside,
    /** In the middle of a Chinese word nothing is asked: it still stands there in Latin letters. */
    type: (next: string, composing: boolean) => {
      setText(next);
      clearTimeout(timer.current);
      if (composing) return;
      if (next.trim()) timer.current = setTimeout(() => ask(next), REST);
      else ask("");
    },
    askNow: () => ask(text),
  };
}
