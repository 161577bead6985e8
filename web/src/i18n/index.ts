/** Languages: one JSON file each, loaded when chosen. Adding a language is adding its file. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { store, stored } from "@/storage";
import type en from "./en.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

const files = import.meta.glob<typeof en>("./*.json", { import: "default" });
const KEY = "trialogue.language";

export const languages = Object.keys(files).map((path) => path.slice(2, -5));

/** Chosen here before, else the first of the browser's that exists, else English. */
export function preferredLanguage(): string {
  const wishes = [stored(KEY), ...navigator.languages];
  const tags = wishes.flatMap((tag) => (tag ? [tag, tag.split("-")[0] ?? ""] : []));
  return tags.find((tag) => languages.includes(tag)) ?? "en";
}

/** The account's language, in a browser where nobody has chosen one. */
export async function adoptLanguage(tag: string): Promise<void> {
  const known = [tag, tag.split("-")[0] ?? ""].find((wish) => languages.includes(wish));
  if (known && !stored(KEY) && known !== i18next.language) await use(known);
}

/** A language's own name, as its speakers write it. */
export function nameOfLanguage(tag: string): string {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}

export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "cimode",
    fallbackLng: false,
    interpolation: { escapeValue: false },
    resources: {},
  });
  await use(preferredLanguage());
}

export async function chooseLanguage(tag: string): Promise<void> {
  store(KEY, tag);
  await use(tag);
}

async function use(tag: string): Promise<void> {
  const load = files[`./${tag}.json`];
  if (!load) throw new Error(`No language file for ${tag}.`);
  i18next.addResourceBundle(tag, "translation", await load());
  await i18next.changeLanguage(tag);
  document.documentElement.lang = tag === "zh" ? "zh-CN" : tag;
  document.documentElement.dir = i18next.dir(tag);
}
