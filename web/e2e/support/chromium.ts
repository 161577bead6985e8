/** How the system's browser is started; none is ever downloaded. */
import type { LaunchOptions } from "@playwright/test";

export function chromium(): LaunchOptions {
  return {
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  };
}
