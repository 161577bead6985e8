/** Builds the client to dist/, which the server serves; in development it proxies to the server. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compress } from "./script/compress.ts";
import { emoji } from "./script/emoji.ts";

const server = process.env.TRIALOGUE_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), compress(), emoji()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    proxy: {
      "/api": { target: server },
      "/health": { target: server },
      "/ws": { target: server, ws: true },
    },
  },
  build: {
    manifest: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    // The server's content security policy allows no data: fonts or scripts; small files stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
  },
  test: { environment: "node", include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"] },
});
