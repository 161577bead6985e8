/** What is photographed: how somebody gets to each page, and to its less happy states. */
import type { Locator } from "@playwright/test";
import type { Person } from "../../e2e/support/person.ts";
import { say } from "../../e2e/support/words.ts";
import { answers } from "./answers.ts";
import type { Settled } from "./found.ts";
import { sample } from "./samples.ts";

export interface Visit {
  /** At the page of a server with people and rooms, signed in. */
  person: Person;
  settled: Settled;
  /** Rooms by their place in the village: 0 the usual one. */
  room: (index: number) => string;
}

export type Way = (visit: Visit) => Promise<void>;

const toRoom =
  (index: number, then?: Way): Way =>
  async (visit) => {
    await visit.person.goto(`/c/${visit.room(index)}`);
    await visit.person.composer.waitFor();
    // What the page before has left there.
    await visit.person.composer.fill("");
    await then?.(visit);
  };

/** Before the login. */
export const strangers: Record<string, (person: Person) => Promise<void>> = {
  login: async (person) => {
    await person.goto("/login");
    await person.heading.waitFor();
  },
  "login-refused": async (person) => {
    await person.goto("/login");
    await person.page.getByLabel(person.words.auth.usernameOrEmail).fill("somebody");
    await person.page.getByLabel(person.words.auth.password).fill("not the password");
    await person.button(person.words.auth.login).click();
    await person.page.getByRole("alert").waitFor();
  },
  register: async (person) => {
    await person.goto("/register");
    await person.heading.waitFor();
  },
  "register-faults": async (person) => {
    await person.goto("/register");
    await person.page.getByLabel(person.words.auth.username, { exact: true }).fill("a");
    await person.page.getByLabel(person.words.auth.password).fill("short");
    await person.button(person.words.auth.register).click();
    await person.page.getByText(person.words.errors.passwordShort).waitFor();
  },
  invited: async (person) => {
    await person.goto("/register?invite=abc");
    await person.page.getByText(person.words.auth.invited).waitFor();
  },
  reset: async (person) => {
    await person.goto("/reset?token=abc");
    await person.heading.waitFor();
  },
  unreachable: async (person) => {
    await person.goto("/login");
    await person.page.evaluate(() => localStorage.setItem("trialogue.login", "1"));
    await person.page.route("**/api/**", (route) => route.abort());
    await person.page.reload();
    await person.page.getByText(person.words.app.unreachable).waitFor();
    await person.page.unrouteAll();
  },
};

/** On a server where nobody has done anything yet. */
export const beginnings: Record<string, (person: Person) => Promise<void>> = {
  welcome: async (person) => {
    await person.page.getByText(person.words.list.emptyTitle).waitFor();
  },
  "discover-empty": async (person) => {
    await person.goto("/discover");
    await person.page.getByText(person.words.rooms.none).waitFor();
  },
};

/** After the login. The last ones break the line. */
export const pages: Record<string, Way> = {
  list: async ({ person }) => {
    await person.goto("/");
    await person.list.locator('a[href^="/c/"]').first().waitFor();
  },
  room: toRoom(0),
  "room-members": toRoom(0, async ({ person }) => {
    await person.button(person.words.people.showMembers).click();
    await person.page.getByRole("complementary").getByRole("listitem").first().waitFor();
  }),
  "room-long": toRoom(2),
  "room-unread": toRoom(3, async ({ person }) => {
    await person.page.getByText(person.words.messages.newLine, { exact: true }).waitFor();
  }),
  "room-crowd": toRoom(3, async ({ person }) => {
    await person.button(person.words.people.showMembers).click();
    await person.page.getByRole("complementary").getByRole("listitem").first().waitFor();
  }),
  "room-empty": toRoom(4),
  "message-actions": toRoom(0, async (visit) => {
    const { person } = visit;
    const text = person.log.locator("article[data-own]").nth(-2);
    if (await isPhone(person)) return longPress(person, text);
    await hover(person, text);
    await text.getByRole("button", { name: person.words.messages.more }).click();
    await person.page.getByRole("menu").waitFor();
  }),
  emoji: toRoom(0, async ({ person }) => {
    await person.button(person.words.composer.emoji).click();
    await person.page.getByRole("searchbox", { name: person.words.emoji.search }).waitFor();
    await person.page.getByRole("region", { name: person.words.emoji.faces }).waitFor();
  }),
  mentioning: toRoom(0, async ({ person }) => {
    await person.composer.pressSequentially("@");
    await person.page.getByRole("option").first().waitFor();
    await person.page.getByRole("option").nth(2).waitFor();
  }),
  replying: toRoom(0, async ({ person }) => {
    const { reply } = person.words.messages;
    const message = person.log.locator("article:not([data-own], [data-answer])").last();
    if (await isPhone(person)) {
      await longPress(person, message);
      await person.dialog.getByRole("button", { name: reply }).tap();
    } else {
      await hover(person, message);
      await message.getByRole("button", { name: reply, exact: true }).click();
    }
    await person.button(person.words.composer.cancelReply).waitFor();
  }),
  readers: toRoom(0, async ({ person }) => {
    await person.log.locator("article[data-own] button[title]").last().click();
    await person.dialog.getByRole("listitem").first().waitFor();
  }),
  "room-settings": toRoom(0, async ({ person }) => {
    await menuOf(person).click();
    await person.page.getByRole("menuitem", { name: person.words.rooms.settings }).click();
    await person.dialog.waitFor();
  }),
  role: toRoom(0, async ({ person }) => {
    await person.button(person.words.people.showMembers).click();
    const row = person.page
      .getByRole("complementary")
      .getByRole("listitem")
      .filter({ has: person.page.getByRole("button") })
      .first();
    await row.hover();
    await row.getByRole("button").click();
    await person.page.getByRole("menuitem", { name: person.words.people.changeRole }).click();
    await person.dialog.getByRole("radio").first().waitFor();
  }),
  "list-menu": async ({ person, room }) => {
    await person.goto("/");
    await person.list.locator(`a[href="/c/${room(0)}"]`).click({ button: "right" });
    await person.page.getByRole("menu").waitFor();
  },
  security: async ({ person }) => {
    await person.goto("/settings/security");
    await person.page.getByText(person.words.settings.thisDevice).waitFor();
  },
  tokens: async ({ person }) => {
    await person.goto("/settings/tokens");
    await person.page.getByText("Build bot", { exact: true }).waitFor();
  },
  people: async ({ person }) => {
    await person.goto("/admin");
    await person.page.getByRole("main").getByRole("listitem").nth(3).waitFor();
  },
  "people-new": async ({ person }) => {
    await person.goto("/admin");
    await person.button(person.words.admin.newAccount).click();
    await person.dialog.waitFor();
  },
  invites: async ({ person }) => {
    await person.goto("/admin/invites");
    await person.page.getByRole("main").getByRole("listitem").nth(1).waitFor();
  },
  "room-linked": async (visit) => {
    await visit.person.goto(`/c/${visit.room(0)}/5`);
    await visit.person.log.locator("[data-highlighted]").waitFor();
  },
  "room-menu": toRoom(0, async ({ person }) => {
    await menuOf(person).click();
    await person.page.getByRole("menu").waitFor();
  }),
  writing: toRoom(0, async ({ person }) => {
    await person.composer.fill(Array.from({ length: 9 }, (_, line) => `… ${line + 1}`).join("\n"));
  }),
  "writing-too-long": toRoom(0, async ({ person }) => {
    await person.composer.fill("long ".repeat(4010));
    await person.page.locator("[data-over]").waitFor();
  }),
  files: toRoom(5, async ({ person }) => {
    await person.log.locator("img").last().waitFor();
    await person.page.waitForLoadState("networkidle");
  }),
  "files-tray": toRoom(5, async ({ person }) => {
    await attach(person, ["harbour-800x600.png", "cove-600x801.png", "Shopping list.txt"]);
    await attach(person, ["empty"]);
    await person.page.getByRole("alert").waitFor();
  }),
  "files-dragged": toRoom(5, async ({ person }) => {
    await person.log.evaluate((log) => {
      const data = new DataTransfer();
      data.items.add(new File(["x"], "x.txt"));
      log.dispatchEvent(new DragEvent("dragenter", { bubbles: true, dataTransfer: data }));
    });
  }),
  "files-uploading": toRoom(5, async ({ person }) => {
    person.line.narrow(400_000);
    await attach(person, ["harbour-800x600.png", "cove-600x801.png", "film.txt"]);
    await person.write("…");
    await person.page.locator("progress:not([value='0'])").first().waitFor();
    await person.page.waitForTimeout(600);
  }),
  "files-large": toRoom(5, async ({ person }) => {
    // What the page before has left on its way, if it has been photographed.
    person.line.heal();
    const picture = person.log.locator("article button:enabled:has(img)").last();
    await picture.focus();
    await person.page.keyboard.press("Enter");
    await person.dialog.getByRole("img").waitFor();
    await person.page.keyboard.press("ArrowLeft");
    await person.page.waitForLoadState("networkidle");
  }),
  search: async ({ person }) => {
    await person.goto("/search");
    await person.page.getByText(person.words.search.hintsTitle).waitFor();
  },
  "search-found": async (visit) => {
    await ask(visit, visit.settled.asked);
    await visit.person.page.locator("mark").first().waitFor();
  },
  "search-inside": async (visit) => {
    const { person } = visit;
    await person.goto(`/search?in=${visit.room(2)}&q=${encodeURIComponent(visit.settled.asked)}`);
    await person.page.getByRole("link", { name: person.words.search.everywhere }).first().waitFor();
    await person.page
      .getByRole("heading", { level: 2 })
      .or(person.page.locator("mark"))
      .first()
      .waitFor();
  },
  "search-nothing": async (visit) => {
    await ask(visit, "xyzzy");
    await visit.person.page
      .getByText(say(visit.person.words.search.none, { query: "xyzzy" }))
      .waitFor();
  },
  "search-refused": async (visit) => {
    const { person } = visit;
    await person.goto("/search");
    await person.page.route("**/api/v1/search?**", (route) => route.abort());
    await person.page.getByRole("searchbox", { name: person.words.search.label }).fill("xyzzy");
    await person.page.getByRole("alert").waitFor();
    await person.page.unrouteAll();
  },
  discover: async ({ person }) => {
    await person.goto("/discover");
    await person.page.getByRole("heading", { level: 2 }).first().waitFor();
  },
  "new-menu": async ({ person }) => {
    await person.goto("/");
    await person.button(person.words.list.new).click();
    await person.page.getByRole("menu").waitFor();
  },
  "new-room": async ({ person, settled }) => {
    await openDialog(person, person.words.list.newRoom);
    for (const username of settled.others.slice(0, 2)) {
      await person.dialog.getByLabel(person.words.people.search).fill(username);
      await person.dialog.getByRole("button", { name: `@${username}` }).click();
    }
  },
  "new-chat": async ({ person }) => {
    await openDialog(person, person.words.list.newDirect);
    await person.dialog.getByRole("button", { name: "@" }).first().waitFor();
  },
  "new-chat-nobody": async ({ person }) => {
    await openDialog(person, person.words.list.newDirect);
    await person.dialog.getByLabel(person.words.people.search).fill("xyzzy");
    await person.dialog.getByText(say(person.words.people.none, { query: "xyzzy" })).waitFor();
  },
  leave: toRoom(0, async ({ person }) => {
    await menuOf(person).click();
    await person.page.getByRole("menuitem", { name: person.words.rooms.leave }).click();
    await person.dialog.waitFor();
  }),
  join: async ({ person, settled }) => {
    await person.goto(`/c/${settled.openId}`);
    await person.page.getByText(person.words.rooms.joinTitle).waitFor();
  },
  gone: async ({ person }) => {
    await person.goto("/c/01900000-0000-7000-8000-000000000000");
    await person.page.getByText(person.words.rooms.goneTitle).waitFor();
  },
  "nothing-here": async ({ person }) => {
    await person.goto("/nowhere");
    await person.page.getByText(person.words.app.notFoundTitle).waitFor();
  },
  settings: async ({ person }) => {
    await person.goto("/settings");
    await person.button(person.words.settings.signOut).waitFor();
  },
  ...answers,
  refused: toRoom(0, async ({ person }) => {
    await person.write("Only text, please\u0000");
    await person.log.locator("[data-pending=failed]").waitFor();
  }),
  offline: toRoom(0, async ({ person }) => {
    // What the page before has left behind, if it has been photographed.
    const failed = person.log.locator("[data-pending=failed]").getByRole("button").last();
    if (await failed.isVisible()) await failed.click();
    person.line.cut();
    await person.write("…");
    await person.offlineBanner.waitFor();
  }),
};

/** Of the room; messages have menus of the same name. */
function menuOf(person: Person): Locator {
  return person.page.locator("header").getByRole("button", { name: person.words.rooms.more });
}

async function attach(person: Person, names: string[]): Promise<void> {
  const files = names.map((name) =>
    name === "empty" ? { name, mimeType: "", buffer: Buffer.alloc(0) } : sample(name),
  );
  await person.page.locator("[data-attach]").setInputFiles(files);
}

async function ask({ person }: Visit, words: string): Promise<void> {
  await person.goto("/search");
  await person.page.getByRole("searchbox", { name: person.words.search.label }).fill(words);
}

async function openDialog(person: Person, entry: string): Promise<void> {
  await person.goto("/");
  await person.button(person.words.list.new).click();
  await person.page.getByRole("menuitem", { name: entry }).click();
  await person.dialog.waitFor();
}

async function isPhone(person: Person): Promise<boolean> {
  return person.page.evaluate(() => matchMedia("(hover: none)").matches);
}

/** A list that still moves hears no pointer: it is moved until the list is at rest. */
async function hover(person: Person, message: Locator): Promise<void> {
  for (let tries = 0; tries < 10 && !(await message.getByRole("toolbar").isVisible()); tries += 1) {
    await person.page.mouse.move(0, 0);
    await message.locator("[dir=auto]").hover();
    await person.page.waitForTimeout(200);
  }
}

/** A finger that rests on a message until its sheet is there. */
async function longPress(person: Person, message: Locator): Promise<void> {
  await message.scrollIntoViewIfNeeded();
  const finger = await person.context.newCDPSession(person.page);
  const touch = (type: "touchStart" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
    finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  for (let tries = 0; tries < 5 && !(await person.dialog.isVisible()); tries += 1) {
    const box = await message.locator("[dir=auto]").boundingBox();
    await touch("touchStart", [{ x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20 }]);
    // A list that still moves takes no touch: then the next try finds it at rest.
    await person.dialog.waitFor({ timeout: 1500 }).catch(() => undefined);
    await touch("touchEnd", []);
    await person.page.waitForTimeout(300);
  }
}
