import { afterEach, describe, expect, test, vi } from "vitest";
import { store, stored, storedKeys } from "@/storage";

/** A browser's store; `most` characters fit into it. */
class Shelf {
  [key: string]: unknown;
  static most = 1000;
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? String(this[key]) : null;
  }
  setItem(key: string, text: string): void {
    if (text.length > Shelf.most) throw new DOMException("full", "QuotaExceededError");
    this[key] = text;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("what a browser keeps", () => {
  test("is there until it is forgotten", () => {
    vi.stubGlobal("localStorage", new Shelf());
    store("a", "1");
    store("b", "2");
    expect([stored("a"), stored("b"), stored("c")]).toEqual(["1", "2", null]);
    store("a", null);
    expect(stored("a")).toBeNull();
    expect(storedKeys()).toEqual(["b"]);
  });

  test("is kept by the page where the store is full, and does not stop the writer", () => {
    const shelf = new Shelf();
    vi.stubGlobal("localStorage", shelf);
    store("draft", "short");
    const long = "x".repeat(Shelf.most + 1);
    store("draft", long);
    expect(stored("draft")).toBe(long);
    expect(shelf.getItem("draft")).toBe("short");
    expect(storedKeys()).toEqual(["draft"]);
    store("draft", "fits");
    expect([stored("draft"), shelf.getItem("draft")]).toEqual(["fits", "fits"]);
    store("draft", long);
    store("draft", null);
    expect([stored("draft"), storedKeys()]).toEqual([null, []]);
  });

  test("is kept by the page where the store may not even be named", () => {
    vi.stubGlobal(
      "localStorage",
      new Proxy(
        {},
        {
          get() {
            throw new DOMException("denied", "SecurityError");
          },
          ownKeys() {
            throw new DOMException("denied", "SecurityError");
          },
        },
      ),
    );
    expect(stored("theme")).toBeNull();
    store("theme", "dark");
    expect([stored("theme"), storedKeys()]).toEqual(["dark", ["theme"]]);
    store("theme", null);
    expect(stored("theme")).toBeNull();
  });
});
