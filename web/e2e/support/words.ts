/** The words on the pages, from the client's own language files, so that tests read them once. */
import { readFileSync } from "node:fs";
import type en from "../../src/i18n/en.json";

export type Words = typeof en;
export type Language = "en" | "zh";

export function wordsOf(language: Language): Words {
  const file = new URL(`../../src/i18n/${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Words;
}

/** Fills the places of a text: `say("Open {{name}}", { name: "Garden" })`. */
export function say(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
}
