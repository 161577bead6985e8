/** What is photographed: how somebody gets to each page, and to its less happy states. */
import type { Person } from "../../e2e/support/person.ts";
import { say } from "../../e2e/support/words.ts";
import type { Settled } from "./found.ts";

export interface Visit {
  /** At the page of a server with people and rooms, signed in. */
  person: Person;
  settled: Settled;
  /** Rooms by their place in the village: 0 the usual one. */
  room: (index: number) => string;
}

type Way = (visit: Visit) => Promise<void>;

const toRoom =
  (index: number, then?: Way): Way =>
  async (visit) => {
    await visit.person.goto(`/c/${visit.room(index)}`);
    await visit.person.composer.waitFor();
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
    await person.list.getByRole("link").first().waitFor();
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
  "room-linked": async (visit) => {
    await visit.person.goto(`/c/${visit.room(0)}/5`);
    await visit.person.log.locator("[data-highlighted]").waitFor();
  },
  "room-menu": toRoom(0, async ({ person }) => {
    await person.button(person.words.rooms.more).click();
    await person.page.getByRole("menu").waitFor();
  }),
  writing: toRoom(0, async ({ person }) => {
    await person.composer.fill(Array.from({ length: 9 }, (_, line) => `… ${line + 1}`).join("\n"));
  }),
  "writing-too-long": toRoom(0, async ({ person }) => {
    await person.composer.fill("long ".repeat(4010));
    await person.page.locator("[data-over]").waitFor();
  }),
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
    await person.button(person.words.rooms.more).click();
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
  refused: toRoom(0, async ({ person }) => {
    await person.write("Only text, please\u0000");
    await person.log.locator("[data-pending=failed]").waitFor();
  }),
  offline: toRoom(0, async ({ person }) => {
    await person.log.locator("[data-pending=failed]").getByRole("button").last().click();
    person.line.cut();
    await person.write("…");
    await person.offlineBanner.waitFor();
  }),
};

async function openDialog(person: Person, entry: string): Promise<void> {
  await person.goto("/");
  await person.button(person.words.list.new).click();
  await person.page.getByRole("menuitem", { name: entry }).click();
  await person.dialog.waitFor();
}
