/** The text of a reply while it is being written; only who shows it is drawn anew by it. */
import { useCallback, useSyncExternalStore } from "react";
import type { Stream } from "@/sync/stream";
import { useClient } from "./client";

export function useStream(messageId: string): Stream | undefined {
  const { streams } = useClient();
  const subscribe = useCallback(
    (listener: () => void) => streams.subscribe(messageId, listener),
    [streams, messageId],
  );
  return useSyncExternalStore(subscribe, () => streams.get(messageId));
}
