import { describe, expect, it } from "vitest";
import en from "@/i18n/en.json";
import zh from "@/i18n/zh.json";

function keys(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === "string" ? [path + name] : keys(value, `${path}${name}.`),
  );
}

/** Languages differ in how many plural forms they have, not in what they say. */
const meaning = (list: string[]) => new Set(list.map((key) => key.replace(/_(one|other)$/, "")));

describe("the languages", () => {
  it("say the same things", () => {
    expect(meaning(keys(zh))).toEqual(meaning(keys(en)));
  });

  it("name the same values in each sentence", () => {
    const names = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();
    const english = new Map(entries(en));
    for (const [key, text] of entries(zh)) {
      expect([key, names(text)]).toEqual([key, names(english.get(key) ?? "")]);
    }
  });
});

function entries(tree: object, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[path + name, value]] : entries(value, `${path}${name}.`),
  );
}
