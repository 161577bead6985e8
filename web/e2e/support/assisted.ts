/** What journeys with models stand on: a server that asks a provider which does as it is told. */
import { randomUUID } from "node:crypto";
import { answers } from "./answers.ts";
import { Api } from "./api.ts";
import type { Person } from "./person.ts";
import { Provider, type Script } from "./provider.ts";
import { Server } from "./server.ts";
import { test as base } from "./test.ts";

/** An assistant: its names, and the models of its chain. */
export interface Helper {
  id: string;
  name: string;
  username: string;
  userId: string;
  first: string;
  second: string;
  models: string[];
}

interface Own {
  /** Makes an assistant with models of its own; `scripts` are the first one's next answers. */
  makeHelper: (...scripts: Script[]) => Promise<Helper>;
}

interface Shared {
  provider: Provider;
  keeper: Api;
}

export const test = base.extend<Own, Shared>({
  provider: [
    // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
    async ({}, use) => {
      const provider = new Provider();
      await provider.start();
      await use(provider);
      provider.stop();
    },
    { scope: "worker" },
  ],

  server: [
    async ({ provider }, use) => {
      const server = new Server(provider.settings);
      await server.start();
      await use(server);
      await server.discard();
    },
    { scope: "worker" },
  ],

  /** The first account owns the server. */
  keeper: [
    async ({ server }, use) => use(await Api.register(() => server.url, "keeper")),
    { scope: "worker" },
  ],

  makeHelper: async ({ provider, keeper }, use) => {
    await use(async (...scripts) => {
      const name = `Helper-${randomUUID().slice(0, 8)}`;
      const models = ["a", "b"].map((end) => `gpt-${name.toLowerCase()}-${end}`);
      const [first = "", second = ""] = models;
      const made = await keeper.call<{ id: string; user: { id: string; username: string } }>(
        "POST",
        "/assistants",
        { name, providers: models.map((model) => `openai:${model}`) },
      );
      await provider.queue(first, ...scripts);
      const { id: userId, username } = made.user;
      return { id: made.id, name, username, userId, first, second, models };
    });
  },
});

export { expect } from "@playwright/test";

/** A question to this assistant in a conversation of its own. Returns its address. */
export async function askHelper(person: Person, helper: Helper, question: string): Promise<string> {
  await person.goto("/new");
  await person.page.getByLabel(person.words.assistants.who).selectOption({ label: helper.name });
  await person.write(question);
  await person.page.waitForURL("**/c/*");
  await answers(person).waitFor();
  return new URL(person.page.url()).pathname;
}
