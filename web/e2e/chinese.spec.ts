/** Chinese, from the first page to the last word, and the way Chinese is typed. */
import { expect, test } from "./support/test.ts";
import { say, wordsOf } from "./support/words.ts";

test("用中文走完全程：注册、建群、加入、交谈、未读", async ({ welcome, fresh }) => {
  const mei = await welcome("林梅", { language: "zh" });
  const tom = await welcome("陈涛", { language: "zh" });
  await expect(mei.page.locator("html")).toHaveAttribute("lang", "zh-CN");
  const room = fresh("周末爬山");
  await mei.makeRoom(room);
  await tom.joinRoom(room);
  await expect(
    mei.page.getByText(say(mei.words.rooms.memberCount_other, { count: 2 })),
  ).toBeVisible();
  await mei.write("周六早上八点，南门见！");
  await expect(tom.message("周六早上八点，南门见！")).toBeVisible();

  await tom.ownButton.click();
  await mei.write("记得带水。");
  await expect(tom.unread(room, 1)).toBeVisible();
  await tom.openRoom(room);
  await tom.write("好的 👍");
  await expect(mei.message("好的 👍")).toBeVisible();
});

test("the language can be changed at any time, and stays", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  await mei.ownButton.click();
  await mei.page.getByLabel("中文").click();
  const zh = wordsOf("zh");
  await expect(mei.heading).toHaveText(zh.settings.title);
  await expect(mei.page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await expect(mei.page).toHaveTitle(new RegExp(zh.settings.title));
  await mei.page.reload();
  await expect(mei.heading).toHaveText(zh.settings.title);
  await mei.page.getByLabel("English").click();
  await expect(mei.heading).toHaveText(mei.words.settings.title);
});

test("Enter chooses a word in an input method and sends only afterwards", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("林梅", { language: "zh" });
  await mei.makeRoom(fresh("输入法"));
  const keys = await mei.context.newCDPSession(mei.page);
  await mei.composer.focus();
  const compose = (text: string) =>
    keys.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  await compose("ni");
  await compose("ni hao");
  await expect(mei.composer).toHaveValue("ni hao");

  // What the page sees of an Enter that belongs to the input method.
  const key = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
  await keys.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key });
  await keys.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
  await keys.send("Input.insertText", { text: "你好" });
  await expect(mei.composer).toHaveValue("你好");
  await expect(mei.log.getByRole("article")).toHaveCount(0);

  await mei.composer.press("Enter");
  await expect(mei.message("你好")).toHaveCount(1);
  await expect(mei.composer).toHaveValue("");
});
