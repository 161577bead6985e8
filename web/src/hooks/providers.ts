/** Providers of models by the names their makers give them; the server knows them by short ones. */
import type { TFunction } from "i18next";
import type en from "@/i18n/en.json";

type Known = keyof (typeof en)["providers"]["names"];

/** The server's own word for one that the language files do not know. */
export function providerName(t: TFunction, provider: string): string {
  return t(`providers.names.${provider as Known}`, { defaultValue: provider });
}
