/** React's face of sync/: the client of this tab, and what of its state a component shows. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Client } from "@/sync/client";
import type { World } from "@/sync/state";

export const ClientContext = createContext<Client | null>(null);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error("No client above this component.");
  return client;
}

/** Renders again only when what `select` picks is another value; pick parts, do not build. */
export function useWorld<T>(select: (world: World) => T): T {
  const { store } = useClient();
  return useSyncExternalStore(store.subscribe, () => select(store.getSnapshot()));
}
