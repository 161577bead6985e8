/** The journeys in a real browser: the system's Chromium, against a server in its own process. */
import { defineConfig } from "@playwright/test";
import { chromium } from "./e2e/support/chromium.ts";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // One browser, one journey at a time: they are about waiting and order, not about load.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 180_000,
  globalTimeout: 840_000, // less than pytest waits for a file
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: chromium(),
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    reducedMotion: "reduce",
    screenshot: "only-on-failure",
  },
});
