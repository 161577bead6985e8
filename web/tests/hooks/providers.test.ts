import { createInstance, type TFunction } from "i18next";
import { expect, it } from "vitest";
import { providerName } from "@/hooks/providers";
import en from "@/i18n/en.json";
import zh from "@/i18n/zh.json";

async function words(lng: string): Promise<TFunction> {
  const resources = { en: { translation: en }, zh: { translation: zh } };
  return createInstance().init({ lng, resources });
}

it("a provider has the name that its maker gives it, in the reader's language", async () => {
  const english = await words("en");
  expect(providerName(english, "openai")).toBe("OpenAI");
  expect(providerName(english, "alibaba")).toBe("Alibaba Cloud");
  expect(providerName(await words("zh"), "alibaba")).toBe("阿里云百炼");
});

it("one that is not known keeps the server's word", async () => {
  expect(providerName(await words("en"), "tomorrow")).toBe("tomorrow");
});
