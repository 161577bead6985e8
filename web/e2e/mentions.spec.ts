/** Who is named, who is told, and who would rather not be. */
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

test("a name is completed behind an @, marked for whoever is meant, and counted apart", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Names");
  await mei.makeRoom(name);
  await tom.joinRoom(name);
  await tom.ownButton.click();
  const { composer, list, messages } = mei.words;
  const offered = mei.page.getByRole("listbox", { name: composer.mention });

  await mei.composer.pressSequentially("Ask @to");
  await expect(offered.getByRole("option")).toHaveText([new RegExp(tom.name)]);
  await mei.composer.press("Tab");
  await expect(mei.composer).toHaveValue(`Ask @${tom.username} `);
  await expect(offered).toHaveCount(0);
  await mei.composer.pressSequentially("please");
  await mei.composer.press("Enter");
  await expect(mei.message(`Ask @${tom.name} please`)).toBeVisible();

  await expect(tom.unread(name, 1)).toBeVisible();
  const told = say(list.mentions_one, { count: 1 });
  await expect(tom.entry(name).getByText(told)).toBeAttached();
  await tom.openRoom(name);
  await expect(tom.message(`Ask @${tom.name} please`)).toHaveAttribute("data-mentioned", "true");
  await expect(tom.entry(name).getByText(told)).toHaveCount(0);

  // Only who moderates names everyone.
  await tom.composer.pressSequentially("@all");
  await expect(tom.page.getByRole("option")).toHaveCount(0);
  await tom.composer.press("Enter");
  await mei.composer.pressSequentially("@al");
  // Who types on at once, before a frame is drawn, types behind the name.
  await offered.getByRole("option").evaluate((option: HTMLElement) => {
    option.click();
    document.execCommand("insertText", false, "dinner");
  });
  await mei.composer.pressSequentially(" is ready");
  await mei.composer.press("Enter");
  await expect(tom.message("dinner is ready")).toContainText(`@${messages.everyone}`);
  await expect(tom.message("dinner is ready")).toHaveAttribute("data-mentioned", "true");
});

test("静音的群聊不显示数字，“仅提到我的”只在被提到时提醒", async ({ welcome, fresh }) => {
  const mei = await welcome("林梅", { language: "zh", context: { colorScheme: "dark" } });
  const tom = await welcome("陈涛", { language: "zh", context: { colorScheme: "dark" } });
  const name = fresh("静音");
  await mei.makeRoom(name);
  await tom.joinRoom(name);
  const { list } = tom.words;
  const prefer = async (entry: string, role: "menuitem" | "menuitemcheckbox") => {
    await tom.entry(name).hover();
    await tom.button(say(list.more, { name })).click();
    await tom.page.getByRole(role, { name: entry, exact: true }).click();
  };
  await prefer(list.notify.mentions, "menuitemcheckbox");
  await tom.ownButton.click();
  await mei.write("随便说说");
  await expect(tom.entry(name).getByLabel(list.someUnread)).toBeVisible();
  await expect(tom.unread(name, 1)).toHaveCount(0);
  await mei.write(`@${tom.username} 看一下`);
  await expect(tom.unread(name, 1)).toBeAttached();

  await prefer(list.notify.none, "menuitemcheckbox");
  await expect(tom.entry(name).getByLabel(list.muted)).toBeVisible();
  await expect(tom.unread(name, 1)).toHaveCount(0);
  await prefer(list.markRead, "menuitem");
  await expect(tom.entry(name).getByLabel(list.someUnread)).toHaveCount(0);
});

test("what is pinned stays on top, on other devices too", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const [first, second] = [fresh("First"), fresh("Second")];
  await mei.makeRoom(first);
  await mei.makeRoom(second);
  const other = await mei.openTab();
  const { list } = mei.words;
  await expect(other.list.getByRole("listitem").getByRole("link").first()).toContainText(second);
  await mei.entry(first).click({ button: "right" });
  await mei.page.getByRole("menuitem", { name: list.pin }).click();
  await mei.page.mouse.move(800, 400); // under the pointer stands the menu, in the place of the mark
  for (const person of [mei, other]) {
    await expect(person.list.getByRole("listitem").getByRole("link").first()).toContainText(first);
    await expect(person.entry(first).getByLabel(list.pinned)).toBeVisible();
  }
});
