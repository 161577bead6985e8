/**
 * Photographs the client: one sheet per page in shots/, wide and narrow, light and dark, in both
 * languages. `npm run shots -- room settings` makes only these; `npm run shots -- readme` writes
 * the pictures of the README to docs/images.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, chromium as browsers } from "@playwright/test";
import { Api } from "../e2e/support/api.ts";
import { chromium } from "../e2e/support/chromium.ts";
import { Person } from "../e2e/support/person.ts";
import { Line } from "../e2e/support/proxy.ts";
import { Server } from "../e2e/support/server.ts";
import { type Language, wordsOf } from "../e2e/support/words.ts";
import { type Settled, settle } from "./shots/found.ts";
import { provider } from "./shots/models.ts";
import { beginnings, pages, strangers } from "./shots/pages.ts";
import { type Shot, sheetOf } from "./shots/sheet.ts";
import { crowds, villages } from "./shots/village.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LANGUAGES: Language[] = ["en", "zh"];
const THEMES = ["light", "dark"] as const;

interface Look {
  language: Language;
  theme: (typeof THEMES)[number];
  isPhone: boolean;
  /** Device pixels for one of the page. */
  scale?: number;
  wide?: { width: number; height: number };
}

/** A person in front of a screen of this look; their name is who they sign in as. */
async function seat(
  browser: Browser,
  look: Look,
  server: Server,
  who: { name: string; username: string },
): Promise<Person> {
  const line = new Line(() => server.port);
  await line.open();
  const context = await browser.newContext({
    locale: look.language === "zh" ? "zh-CN" : "en-US",
    timezoneId: afternoon(),
    colorScheme: look.theme,
    reducedMotion: "reduce",
    deviceScaleFactor: look.scale ?? 1,
    viewport: look.isPhone
      ? { width: 390, height: 844 }
      : (look.wide ?? { width: 1440, height: 900 }),
    isMobile: look.isPhone,
    hasTouch: look.isPhone,
  });
  const words = wordsOf(look.language);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  return new Person({ ...who, words, context, page, line, server: () => server.url });
}

/** The zone in which it is about three in the afternoon: a day of talk lies behind the pages. */
function afternoon(): string {
  const hours = 15 - new Date().getUTCHours();
  const ahead = hours > 14 ? hours - 24 : hours;
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

async function leave(person: Person): Promise<void> {
  await person.context.close();
  await person.line.close();
}

type Take = (name: string, person: Person, way: () => Promise<void>) => Promise<void>;

async function strollAll(browser: Browser, look: Look, towns: Towns, take: Take): Promise<void> {
  const settled = towns[look.language];
  const stranger = await seat(browser, look, settled.server, { name: "", username: "" });
  for (const [name, way] of Object.entries(strangers)) {
    await take(name, stranger, () => way(stranger));
  }
  await leave(stranger);

  const first = await seat(browser, look, towns.blank, { name: "Ada", username: "ada" });
  await first.signIn();
  for (const [name, way] of Object.entries(beginnings)) await take(name, first, () => way(first));
  await leave(first);

  const { name, username } = settled;
  const person = await seat(browser, look, settled.server, { name, username });
  await person.signIn();
  const room = (index: number) => settled.rooms[index] as string;
  for (const [page, way] of Object.entries(pages)) {
    await take(page, person, () => way({ person, settled, room }));
  }
  await leave(person);
}

type Towns = Record<Language, Settled> & { blank: Server };

async function sheets(browser: Browser, towns: Towns, wanted: string[]): Promise<void> {
  const folder = `${ROOT}/shots`;
  mkdirSync(folder, { recursive: true });
  const taken = new Map<string, Shot[]>();
  for (const isPhone of [false, true]) {
    for (const language of LANGUAGES) {
      for (const theme of THEMES) {
        const caption = `${isPhone ? "phone" : "wide"} ${language} ${theme}`;
        await strollAll(browser, { language, theme, isPhone }, towns, async (name, person, way) => {
          if (wanted.length > 0 && !wanted.includes(name)) return;
          // A page that cannot be reached is photographed where the way ended, and named.
          await way().catch((error: Error) =>
            console.error(`${caption}, ${name}: ${error.message}`),
          );
          await person.page.mouse.move(0, 0);
          const png = await person.page.screenshot();
          taken.set(name, [...(taken.get(name) ?? []), { caption, isPhone, png }]);
        });
        console.log(caption);
      }
    }
  }
  for (const [name, shots] of taken) {
    writeFileSync(`${folder}/${name}.png`, await sheetOf(browser, name, shots));
  }
  console.log(`${taken.size} sheets in shots/`);
}

async function readme(browser: Browser, towns: Towns): Promise<void> {
  const picture = async (file: string, look: Look, way: (person: Person) => Promise<void>) => {
    const { server, name, username } = towns[look.language];
    const person = await seat(browser, look, server, { name, username });
    await person.signIn();
    await way(person);
    await person.page.mouse.move(0, 0);
    await person.page.screenshot({ path: `${ROOT}/docs/images/${file}.png` });
    await leave(person);
  };
  const wide = { width: 1280, height: 800 };
  await picture(
    "room",
    { language: "en", theme: "light", isPhone: false, wide },
    async (person) => {
      await person.goto(`/c/${towns.en.rooms[0]}`);
      await person.button(person.words.people.showMembers).click();
      await person.page.getByRole("complementary").getByRole("listitem").first().waitFor();
    },
  );
  const phone: Look = { language: "zh", theme: "dark", isPhone: true, scale: 1.5 };
  await picture("phone-list", phone, (person) => person.list.getByRole("link").first().waitFor());
  await picture("phone-room", phone, async (person) => {
    await person.goto(`/c/${towns.zh.rooms[0]}`);
    await person.composer.waitFor();
  });
}

async function main(wanted: string[]): Promise<void> {
  await provider.start();
  const { settings } = provider;
  const servers = [new Server(settings), new Server(settings), new Server(settings)] as const;
  const browser = await browsers.launch(chromium());
  try {
    for (const server of servers) await server.start();
    const [english, chinese, blank] = servers;
    await Api.register(() => blank.url, "ada", "Ada");
    const en = await settle(english, villages.en, crowds.en);
    const zh = await settle(chinese, villages.zh, crowds.zh);
    const towns = { en, zh, blank };
    await (wanted[0] === "readme" ? readme(browser, towns) : sheets(browser, towns, wanted));
    en.leave();
    zh.leave();
  } finally {
    await browser.close();
    for (const server of servers) await server.discard();
    provider.stop();
  }
}

await main(process.argv.slice(2));
