/** Who has answered, who has not, and what it cost, in the reader's words. */
import type { TFunction } from "i18next";
import { providerName } from "@/hooks/providers";
import type en from "@/i18n/en.json";
import { money } from "@/i18n/numbers";
import type { Message, Reply } from "@/sync/wire";

/** What the language files have words for; a server may know more. */
type Texts = (typeof en)["replies"];
type Why = keyof Texts["why"];
type Short = keyof Texts["short"];

const BROKEN = ["interrupted", "failed", "cancelled", "queued"] as const;

/** How an answer ended that is not whole; null: it is, or is still being written. */
export function endOf({ state, reply }: Message): (typeof BROKEN)[number] | "length" | null {
  if (state === "done" && reply?.finish === "length") return "length";
  return BROKEN.find((known) => known === state) ?? null;
}

/**
 * Whole seconds until a provider wants to be asked again; `now` in milliseconds since the epoch.
 * Never more than it has asked for, whatever the clock of this device says.
 */
export function secondsLeft({ error, ended_at }: Reply, now: number): number {
  const wait = error?.retry_after ?? 0;
  const passed = ended_at ? Math.max(0, now - Date.parse(ended_at)) / 1000 : 0;
  return Math.max(0, Math.ceil(wait - passed));
}

type Asked = Pick<Reply, "provider" | "model">;

/** "OpenAI · gpt-5" */
export function nameOf(t: TFunction, { provider, model }: Asked): string {
  const name = providerName(t, provider ?? "");
  return model && model !== provider ? `${name} · ${model}` : name;
}

/** That another one has answered than was asked first; null where it was not so. */
export function stoodInText(t: TFunction, { state, reply }: Message): string | null {
  const [first, ...more] = reply?.attempts ?? [];
  if (state !== "done" || !reply || !first) return null;
  const who = shortOf(t, reply);
  return more.length === 0
    ? t("replies.stoodIn", { who, failed: shortOf(t, first) })
    : t("replies.stoodInMany", { who, count: more.length + 1 });
}

function shortOf(t: TFunction, { provider, model }: Asked): string {
  return model && model !== provider ? model : providerName(t, provider ?? "");
}

/** Whether the demo assistant answers as there is no model, not in place of one that failed. */
export function isDemo(reply: Reply | null | undefined): boolean {
  return reply?.provider === "demo" && reply.attempts.length === 0;
}

/** Why a reply is not what it should be; the server's own words for what this client knows not. */
export function whyOf(t: TFunction, error: NonNullable<Reply["error"]>): string {
  return t(`replies.why.${error.code as Why}`, { defaultValue: error.detail });
}

/** What was tried in vain before. */
export function attemptText(t: TFunction, attempt: Reply["attempts"][number], after: boolean) {
  const words = {
    who: nameOf(t, attempt),
    why: t(`replies.short.${attempt.error as Short}`, { defaultValue: t("replies.short.other") }),
    time: t("replies.seconds", { count: Math.max(1, Math.round(attempt.ms / 100)) / 10 }),
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
