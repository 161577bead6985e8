import { afterEach, describe, expect, it, vi } from "vitest";
import { randomId, withLock } from "@/sync/browser";

describe("a page without TLS", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("still does one thing at a time, also after a failure", async () => {
    vi.stubGlobal("navigator", {});
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await Promise.resolve();
      steps.push(`${name} ends`);
      if (name === "a") throw new Error("a failed");
    };
    const a = withLock("x", work("a"));
    const b = withLock("x", work("b"));
    await expect(a).rejects.toThrow("a failed");
    await b;
    expect(steps).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("still makes ids that look and behave like UUIDs", () => {
    const ids = new Set(Array.from({ length: 1000 }, randomId));
    expect(ids.size).toBe(1000);
    expect(randomId()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
