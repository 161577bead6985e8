/** On a phone the list and a room are screens of their own, and nothing is wider than the screen. */
import { expect, test } from "./support/test.ts";

test("the list and the room take turns on a phone, with a way back", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker", { phone: true });
  const room = fresh("Pocket");
  await mei.makeRoom(room);
  await expect(tom.list).toBeVisible();
  await expect(tom.page.getByRole("main")).toContainText(tom.words.list.emptyTitle);
  await tom.joinRoom(room);
  await expect(tom.list).toBeHidden();
  await mei.write("Can you read this on the train?");
  await expect(tom.message("Can you read this on the train?")).toBeVisible();
  await tom.composer.tap();
  await tom.composer.fill("Every word.");
  await tom.button(tom.words.composer.send).tap();
  await expect(mei.message("Every word.")).toBeVisible();

  await tom.page.getByRole("link", { name: tom.words.app.back }).tap();
  await expect(tom.list).toBeVisible();
  await expect(tom.log).toBeHidden();
  await mei.write("And this?");
  await expect(tom.unread(room, 1)).toBeVisible();
  await tom.entry(room).tap();
  await expect(tom.message("And this?")).toBeVisible();
  await tom.page.goBack();
  await expect(tom.list).toBeVisible();
});

test("no page is wider than a phone", async ({ meet, fresh }) => {
  const mei = await meet("Mei Lin", { phone: true });
  const fits = async () => {
    const width = await mei.page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  };
  await mei.goto("/login");
  await expect(mei.heading).toBeVisible();
  await fits();
  await mei.register();
  await fits();
  const api = await mei.api();
  const name = `${fresh("A room with a name too long for a phone")} ${"long".repeat(7)}`;
  const room = await api.makeRoom(name, { description: "and it goes on and on ".repeat(10) });
  await api.post(room, "word".repeat(100));
  const pages = {
    "/": mei.entry(name),
    [`/c/${room}`]: mei.heading,
    "/discover": mei.page.getByRole("heading", { name }),
    "/settings": mei.button(mei.words.settings.signOut),
    "/nowhere": mei.page.getByText(mei.words.app.notFoundTitle),
  };
  for (const [path, shown] of Object.entries(pages)) {
    await mei.goto(path);
    await expect(shown).toBeVisible();
    await fits();
  }
  await mei.goto(`/c/${room}`);
  await mei.button(mei.words.people.showMembers).tap();
  await expect(mei.page.getByRole("complementary")).toBeInViewport({ ratio: 1 });
  await fits();
});
