/** The start of the client: language, the client of this tab, the pages. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ClientContext } from "@/hooks/client";
import { startLanguage } from "@/i18n";
import { setZone } from "@/i18n/times";
import { Client } from "@/sync/client";
import "@/ui/page.css";
import { App } from "./App";
import { keepPage } from "./drop";
import { Mishap } from "./Mishap";

const line = new URL("/ws", location.href);
line.protocol = location.protocol === "https:" ? "wss:" : "ws:";
const client = new Client(line.href);

client.store.watch((world) => setZone(world.me?.time_zone));
addEventListener("online", () => client.hurry());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") client.hurry();
});

keepPage();

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element.");
void client.start();
await startLanguage();
createRoot(root).render(
  <StrictMode>
    <ClientContext value={client}>
      <Mishap>
        <App />
      </Mishap>
    </ClientContext>
  </StrictMode>,
);
