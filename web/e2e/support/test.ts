/** What every journey stands on: a running server, and people who each have a browser and a line. */
import { type BrowserContextOptions, test as base } from "@playwright/test";
import { Person } from "./person.ts";
import { Line } from "./proxy.ts";
import { Server } from "./server.ts";
import { type Language, wordsOf } from "./words.ts";

export interface Arrival {
  language?: Language;
  phone?: boolean;
  /** Where their line leads to; else the shared server. */
  server?: Server;
  context?: BrowserContextOptions;
}

/** Makes somebody who has opened nothing yet. */
export type Meet = (name: string, arrival?: Arrival) => Promise<Person>;

interface Own {
  meet: Meet;
  /** The same, registered and on the first page. */
  welcome: Meet;
  /** A server of this test's own, for what changes the server itself. */
  makeServer: (settings?: Record<string, string>) => Promise<Server>;
  /** Names that no other test uses: the server is shared. */
  fresh: (name: string) => string;
}

const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};

let count = 0;

export const test = base.extend<Own, { server: Server }>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
    async ({}, use) => {
      const server = new Server();
      await server.start();
      await use(server);
      await server.discard();
    },
    { scope: "worker" },
  ],

  // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
  makeServer: async ({}, use) => {
    const made: Server[] = [];
    await use(async (settings) => {
      const server = new Server(settings);
      made.push(server);
      await server.start();
      return server;
    });
    for (const server of made) await server.discard();
  },

  // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
  fresh: async ({}, use) => {
    count += 1;
    const mark = `${process.pid.toString(36)}${count.toString(36)}`;
    await use((name) => `${name} ${mark}`);
  },

  meet: async ({ browser, server: shared, fresh }, use) => {
    const ends: (() => Promise<void>)[] = [];
    await use(async (name, { language = "en", phone, server = shared, context: options } = {}) => {
      const line = new Line(() => server.port);
      await line.open();
      ends.push(() => line.close());
      const context = await browser.newContext({
        locale: language === "zh" ? "zh-CN" : "en-US",
        ...(phone ? PHONE : {}),
        ...options,
      });
      ends.unshift(() => context.close());
      return new Person({
        name,
        username: fresh(name).toLowerCase().replaceAll(" ", "."),
        words: wordsOf(language),
        context,
        page: await context.newPage(),
        line,
        server: () => server.url,
      });
    });
    for (const end of ends) await end();
  },

  welcome: async ({ meet }, use) => {
    await use(async (name, arrival) => {
      const person = await meet(name, arrival);
      await person.register();
      return person;
    });
  },
});

export { expect } from "@playwright/test";
