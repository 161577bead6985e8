/** Asks for messages, page by page; what was found last stays until the next answer is there. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useClient, useWorld } from "@/hooks/client";
import type { Client } from "@/sync/client";
import type { Message } from "@/sync/wire";

interface Question {
  words: string;
  /** Only in this conversation. */
  inside: string | null;
}

interface Found {
  key: string;
  items: Message[];
  next: string | null;
}

export interface Search {
  /** What stands on the page; undefined before the first answer. */
  items: Message[] | undefined;
  /** What they were found by; the question may have gone on since. */
  answered: boolean;
  hasMore: boolean;
  loading: boolean;
  error: unknown;
  more: () => void;
  again: () => void;
}

/** What is asked for at once, and how many make a page worth showing. */
const PAGE = 30;
const WORTH = 10;
/** Pages of the server in which a phrase may not occur, until the reader is asked to go on. */
const PATIENCE = 5;

/** The last answer: whoever comes back from a message finds it at once. */
let kept: Found | null = null;

export function useSearch({ words, inside }: Question): Search {
  const client = useClient();
  const meId = useWorld((world) => world.me?.id);
  const key = words && `${meId} ${inside} ${words}`;
  const [found, setFound] = useState<Found | null>(() => (kept?.key === key ? kept : null));
  const [error, setError] = useState<unknown>(undefined);
  const [loading, setLoading] = useState(false);
  const [round, setRound] = useState(0);
  /** The number of the latest question: what an older one brings is dropped. */
  const asked = useRef(0);

  const ask = useCallback(
    async (before: Found | null) => {
      asked.current += 1;
      const mine = asked.current;
      setError(undefined);
      setLoading(true);
      try {
        const page = await gather(client, { words, inside }, before?.next ?? null);
        if (mine !== asked.current) return;
        kept = { key, items: [...(before?.items ?? []), ...page.items], next: page.next };
        setFound(kept);
      } catch (failure) {
        if (mine === asked.current) setError(failure);
      } finally {
        if (mine === asked.current) setLoading(false);
      }
    },
    [client, words, inside, key],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round asks the same again
  useEffect(() => {
    if (words && kept?.key !== key) void ask(null);
    return () => {
      asked.current += 1;
    };
  }, [words, key, ask, round]);

  const shown = words ? found : null;
  return {
    items: shown?.items,
    answered: shown?.key === key,
    hasMore: Boolean(shown?.next),
    loading: loading && Boolean(words),
    error: words ? error : undefined,
    more: () => void (found && !loading && ask(found)),
    again: () => setRound((n) => n + 1),
  };
}

/** A page worth showing: of the server's some may be nearly empty, and more behind them. */
async function gather(client: Client, { words, inside }: Question, from: string | null) {
  const items: Message[] = [];
  let next = from;
  for (let tries = 0; tries < PATIENCE; tries += 1) {
    const page = await client.api.find(words, { inside, cursor: next, limit: PAGE });
    items.push(...page.items);
    next = page.next_cursor;
    if (next === null || items.length >= WORTH) break;
  }
  return { items, next };
}
