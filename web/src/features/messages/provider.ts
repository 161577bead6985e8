/** Who has answered, who has not, and what it cost, in the reader's words. */
import type { TFunction } from "i18next";
import { money } from "@/i18n/numbers";
import type { Reply } from "@/sync/wire";

const CODES = [
  "no_key",
  "not_installed",
  "unauthorized",
  "no_model",
  "limited",
  "account",
  "unavailable",
  "timeout",
  "unreachable",
  "cut",
  "empty",
  "refused",
  "too_long",
  "rejected",
] as const;
const OURS = [...CODES, "interrupted", "internal"] as const;

/** "openai · gpt-5" */
export function nameOf({ provider, model }: Pick<Reply, "provider" | "model">): string {
  return model && model !== provider ? `${provider} · ${model}` : (provider ?? "");
}

/** Why a reply is not what it should be; the server's own words for what this client knows not. */
export function whyOf(t: TFunction, error: NonNullable<Reply["error"]>): string {
  const known = OURS.find((code) => code === error.code);
  return known ? t(`replies.why.${known}`) : error.detail;
}

/** What was tried in vain before. */
export function attemptText(t: TFunction, attempt: Reply["attempts"][number], after: boolean) {
  const known = CODES.find((code) => code === attempt.error);
  const words = {
    who: nameOf(attempt),
    why: known ? t(`replies.short.${known}`) : attempt.error || t("replies.short.other"),
    time: t("replies.seconds", { count: Math.round(attempt.ms / 100) / 10 }),
  };
  return after ? t("replies.after", words) : t("replies.tried", words);
}

export function usageText(t: TFunction, usage: NonNullable<Reply["usage"]>, language: string) {
  const number = new Intl.NumberFormat(language);
  const { input_tokens, output_tokens, cost, estimated } = usage;
  const input = number.format(input_tokens);
  const parts = [t("replies.tokens", { input, output: number.format(output_tokens) })];
  parts.push(cost === null ? t("replies.noCost") : money(cost, language));
  if (estimated) parts.push(t("replies.estimated"));
  return parts.join(" · ");
}
