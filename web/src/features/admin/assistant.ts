/** An assistant as its form holds it, and as the server takes it. Pure. */
import type { AssistantForm } from "@/sync/assistants";
import type { Assistant } from "@/sync/wire";

/** Numbers as they are typed; empty: none. */
export interface Draft {
  name: string;
  instructions: string;
  avatar: string;
  providers: string[];
  trigger: Assistant["trigger"];
  messages: string;
  characters: string;
  summary: boolean;
  temperature: string;
  maxTokens: string;
  /** Whether its models are shown pictures; by what is known of them. */
  images: "auto" | "yes" | "no";
  /** Not in the form, and kept. */
  topP: number | undefined;
}

export function draftOf(assistant: Assistant | null): Draft {
  const { context = {}, settings = {} } = assistant ?? {};
  return {
    name: assistant?.name ?? "",
    instructions: assistant?.instructions ?? "",
    avatar: assistant?.user.avatar_url ?? "",
    providers: assistant?.providers ?? [],
    trigger: assistant?.trigger ?? "always",
    messages: typed(context.messages, "40"),
    characters: typed(context.characters, "24000"),
    summary: context.summary !== false,
    temperature: typed(settings.temperature),
    maxTokens: typed(settings.max_tokens),
    images: typeof settings.images === "boolean" ? (settings.images ? "yes" : "no") : "auto",
    topP: typeof settings.top_p === "number" ? settings.top_p : undefined,
  };
}

export function formOf(draft: Draft): AssistantForm {
  const { temperature, maxTokens, topP, images } = draft;
  return {
    name: draft.name.trim(),
    instructions: draft.instructions.trim(),
    avatar_url: draft.avatar.trim() || null,
    providers: draft.providers,
    trigger: draft.trigger,
    context: {
      messages: Number(draft.messages),
      characters: Number(draft.characters),
      summary: draft.summary,
    },
    settings: {
      ...(temperature.trim() === "" ? {} : { temperature: Number(temperature) }),
      ...(maxTokens.trim() === "" ? {} : { max_tokens: Number(maxTokens) }),
      ...(topP === undefined ? {} : { top_p: topP }),
      ...(images === "auto" ? {} : { images: images === "yes" }),
    },
  };
}

/** One place up or down in the chain. */
export function moved(providers: string[], at: number, by: 1 | -1): string[] {
  const [one, other] = [providers[at], providers[at + by]];
  if (one === undefined || other === undefined) return providers;
  return providers.with(at, other).with(at + by, one);
}

function typed(value: unknown, otherwise = ""): string {
  return typeof value === "number" ? String(value) : otherwise;
}
