/** People talk: in a room they found, and with one another alone. Nobody reloads anything. */
import type { Page } from "@playwright/test";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

const LOADED = "this document has not been loaded again";

async function mark(page: Page): Promise<void> {
  await page.evaluate((text) => document.documentElement.setAttribute("data-mark", text), LOADED);
}

async function expectMark(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-mark", LOADED);
}

test("two people find each other in a public room and see messages, presence and unread counts change", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  await Promise.all([mark(mei.page), mark(tom.page)]);
  const room = fresh("Garden");

  await mei.makeRoom(room);
  await expect(
    mei.page.getByText(say(mei.words.rooms.memberCount_one, { count: 1 })),
  ).toBeVisible();
  await tom.joinRoom(room);
  await expect(
    mei.page.getByText(say(mei.words.rooms.memberCount_other, { count: 2 })),
  ).toBeVisible();
  const online = (count: number) => mei.page.getByText(`· ${count} online`);
  await expect(online(2)).toBeVisible();

  await mei.write("The tomatoes are ripe.");
  await expect(tom.message("The tomatoes are ripe.")).toBeVisible();
  await tom.write("I bring a basket.");
  await expect(mei.message("I bring a basket.")).toBeVisible();
  await expect(mei.entry(room)).toContainText("I bring a basket.");

  await tom.ownButton.click();
  await mei.write("Two baskets, please.");
  await expect(tom.unread(room, 1)).toBeVisible();
  await mei.write("And the ladder.");
  await expect(tom.unread(room, 2)).toBeVisible();
  await expect(tom.page).toHaveTitle(/^\(2\) /);
  await tom.openRoom(room);
  await expect(tom.message("And the ladder.")).toBeVisible();
  await expect(tom.entry(room)).not.toHaveAttribute("data-unread");
  await expect(tom.page).not.toHaveTitle(/^\(/);

  await Promise.all([expectMark(mei.page), expectMark(tom.page)]);
  await tom.context.close();
  await expect(online(1)).toBeVisible();
  await expectMark(mei.page);
});

test("a direct chat appears at the other person's by itself, with presence on both sides", async ({
  welcome,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  await mei.startDirect(tom);
  await expect(mei.heading).toHaveText(tom.name);
  await expect(mei.page.getByText(mei.words.people.online, { exact: true })).toBeVisible();
  await mei.write("Lunch at noon?");

  await expect(tom.unread(mei.name, 1)).toBeVisible();
  await tom.openRoom(mei.name);
  await expect(tom.message("Lunch at noon?")).toBeVisible();
  await tom.write("Gladly.");
  await expect(mei.message("Gladly.")).toBeVisible();
});

test("an outsider hears nothing of a private room", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const room = fresh("Surprise");
  const api = await mei.api();
  const id = await api.makeRoom(room, { public: false });
  await api.post(id, "He suspects nothing.");

  // What is told to Tom comes after it on his line, so the silence about the room is proven.
  await mei.startDirect(tom);
  await mei.write("What are your plans for Friday?");
  await expect(tom.unread(mei.name, 1)).toBeVisible();
  await expect(tom.entry(room)).toHaveCount(0);

  await tom.goto(`/c/${id}`);
  await expect(tom.page.getByText(tom.words.rooms.goneTitle)).toBeVisible();
  await expect(tom.page.getByText("He suspects nothing.")).toHaveCount(0);
});
