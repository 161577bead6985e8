import { expect, test } from "vitest";
import { draftOf, formOf, moved } from "@/features/admin/assistant";
import type { Assistant } from "@/sync/wire";
import { user } from "../builders";

const assistant = {
  id: "a1",
  user: user("u1"),
  name: "Ada",
  instructions: "Be brief.",
  providers: ["openai:gpt-5", "demo"],
  trigger: "mention",
  context: { messages: 10, characters: 5000, summary: false },
  settings: { temperature: 0.2, top_p: 0.9, images: false },
  standard: false,
  created_at: "2026-01-05T10:00:00Z",
} satisfies Assistant;

test("an assistant that is opened and saved stays what it was", () => {
  const { name, instructions, providers, trigger, context, settings } = assistant;
  expect(formOf(draftOf(assistant))).toEqual({
    name,
    instructions,
    providers,
    trigger,
    context,
    settings,
    avatar_url: null,
  });
});

test("what is left empty is left to the model", () => {
  const form = formOf({ ...draftOf(assistant), temperature: "", maxTokens: "500" });
  expect(form.settings).toEqual({ max_tokens: 500, top_p: 0.9, images: false });
  const byName = formOf({ ...draftOf(assistant), images: "auto" });
  expect(byName.settings).toEqual({ temperature: 0.2, top_p: 0.9 });
});

test("a provider moves by one place, and not beyond the ends", () => {
  expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
});
