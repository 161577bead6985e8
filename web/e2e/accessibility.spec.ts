/** axe looks at every page, light and dark: nothing serious, nothing critical. */
import { expectNoFindings } from "./support/axe.ts";
import { expect, test } from "./support/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious before the login (${colorScheme})`, async ({ meet }) => {
    const mei = await meet("Mei Lin", { context: { colorScheme } });
    const { auth } = mei.words;
    await mei.goto("/login");
    await expect(mei.button(auth.login)).toBeVisible();
    await expectNoFindings(mei, "login");
    await mei.page.getByLabel(auth.usernameOrEmail).fill("nobody");
    await mei.page.getByLabel(auth.password).fill("nothing at all");
    await mei.button(auth.login).click();
    await expect(mei.page.getByRole("alert")).toBeVisible();
    await expectNoFindings(mei, "login refused");
    await mei.goto("/reset?token=abc");
    await expect(mei.button(auth.reset)).toBeVisible();
    await expectNoFindings(mei, "reset");
    await mei.goto("/register");
    await mei.button(auth.register).click();
    await expect(mei.page.locator("[aria-invalid]").first()).toBeVisible();
    await expectNoFindings(mei, "register with faults");
  });

  test(`axe finds nothing serious on the pages after the login (${colorScheme})`, async ({
    welcome,
    fresh,
  }) => {
    // Axe looks twenty times: on a busy machine that takes a while.
    test.slow();
    const mei = await welcome("Mei Lin", { context: { colorScheme } });
    const tom = await welcome("Tom Baker");
    const { list, people, rooms } = mei.words;
    await expect(mei.page.getByText(list.emptyTitle)).toBeVisible();
    await expectNoFindings(mei, "empty list");

    const room = fresh("Axe");
    await mei.makeRoom(room);
    await expectNoFindings(mei, "empty room");
    await tom.joinRoom(room);
    await mei.write("A message of one's own");
    await tom.write("Another's, with https://example.org in it");
    await expect(mei.message("Another's")).toBeVisible();
    await mei.button(people.showMembers).click();
    await expect(mei.page.getByRole("complementary").getByText(tom.name)).toBeVisible();
    await expectNoFindings(mei, "room with members");

    const { messages, composer, settings } = mei.words;
    const another = mei.message("Another's");
    const tools = await mei.tools(another, another.getByText("Another's"));
    await tools.getByRole("button", { name: messages.more }).click();
    await expect(mei.page.getByRole("menu")).toBeVisible();
    await expectNoFindings(mei, "menu of a message");
    await mei.page.getByRole("menuitem", { name: messages.reply }).click();
    await mei.write("An answer");
    await mei.button(composer.emoji).click();
    await expect(mei.page.getByRole("searchbox")).toBeVisible();
    await expectNoFindings(mei, "emoji");
    await mei.page.keyboard.press("Escape");
    await mei.composer.pressSequentially("@");
    await expect(mei.page.getByRole("option").first()).toBeVisible();
    await expectNoFindings(mei, "mentions");
    await mei.composer.fill("");

    await mei.button(people.add).click();
    await expect(mei.dialog).toBeVisible();
    await expectNoFindings(mei, "add people");
    await mei.page.keyboard.press("Escape");
    await mei.button(rooms.more).click();
    await expectNoFindings(mei, "menu of the room");
    await mei.page.getByRole("menuitem", { name: rooms.leave }).click();
    await expect(mei.dialog).toBeVisible();
    await expectNoFindings(mei, "leave");
    await mei.page.keyboard.press("Escape");
    for (const entry of [list.newRoom, list.newDirect]) {
      await mei.button(list.new).click();
      await mei.page.getByRole("menuitem", { name: entry }).click();
      await expect(mei.dialog).toBeVisible();
      await expectNoFindings(mei, entry);
      await mei.page.keyboard.press("Escape");
      await expect(mei.dialog).toBeHidden();
    }

    await mei.button(list.discover).click();
    await expect(mei.page.getByRole("heading", { name: room })).toBeVisible();
    await expectNoFindings(mei, "discover");
    await tom.write("Something unread");
    await expect(mei.unread(room, 1)).toBeVisible();
    await expectNoFindings(mei, "list with unread messages");
    await mei.ownButton.click();
    await expect(mei.heading).toHaveText(mei.words.settings.title);
    await expectNoFindings(mei, "settings");
    for (const part of [settings.security, settings.tokens]) {
      await mei.page.getByRole("link", { name: part }).click();
      await expect(mei.page.getByRole("main").getByRole("textbox").first()).toBeVisible();
      await expectNoFindings(mei, part);
    }
    await mei.goto("/nowhere");
    await expect(mei.page.getByText(mei.words.app.notFoundTitle)).toBeVisible();
    await expectNoFindings(mei, "nothing here");
    await mei.openRoom(room);
    mei.line.cut();
    await mei.write("On its way");
    await expect(mei.offlineBanner).toBeVisible();
    await expectNoFindings(mei, "room without a line");
  });
}
