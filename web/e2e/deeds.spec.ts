/** What one does to messages that are there: edit, recall, write anew, answer, react. */
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

/** Two in a room, both looking at it. */
async function together(mei: Person, tom: Person, room: string): Promise<void> {
  await mei.makeRoom(room);
  await tom.joinRoom(room);
}

for (const { language, colorScheme } of [
  { language: "en", colorScheme: "light" },
  { language: "zh", colorScheme: "dark" },
] as const) {
  test(`a message is edited, recalled and written anew, and everyone sees it (${language}, ${colorScheme})`, async ({
    welcome,
    fresh,
  }) => {
    const mei = await welcome("Mei Lin", { language, context: { colorScheme } });
    const tom = await welcome("Tom Baker", { language, context: { colorScheme } });
    await together(mei, tom, fresh("Drafts"));
    const { messages, composer } = mei.words;
    await mei.write("See you at nine");
    await expect(tom.message("See you at nine")).toBeVisible();

    await mei.choose("See you at nine", messages.edit);
    await expect(mei.composer).toBeFocused();
    await expect(mei.composer).toHaveValue("See you at nine");
    await mei.composer.fill("See you at ten");
    await mei.composer.press("Enter");
    await expect(tom.message("See you at ten")).toContainText(messages.edited);
    await expect(tom.message("See you at nine")).toHaveCount(0);

    await mei.composer.press("ArrowUp");
    await expect(mei.page.getByText(composer.editing)).toBeVisible();
    await mei.composer.fill("See you never");
    await mei.composer.press("Escape");
    await expect(mei.composer).toHaveValue("");
    await expect(mei.message("See you at ten")).toBeVisible();

    await mei.choose("See you at ten", messages.recall);
    await expect(tom.systemLine(say(messages.recalled, { name: mei.name }))).toBeVisible();
    await expect(tom.message("See you at ten")).toHaveCount(0);
    await expect(mei.log.getByText(messages.recalledOwn)).toBeVisible();
    await mei.button(messages.rewrite).click();
    await expect(mei.composer).toHaveValue("See you at ten");
    await expect(mei.composer).toBeFocused();
    await mei.composer.press("Enter");
    await expect(tom.message("See you at ten")).toBeVisible();
  });

  test(`an answer quotes what it answers and leads there (${language}, ${colorScheme})`, async ({
    welcome,
    fresh,
  }) => {
    const mei = await welcome("Mei Lin", { language, context: { colorScheme } });
    const tom = await welcome("Tom Baker", { language, context: { colorScheme } });
    await together(mei, tom, fresh("Answers"));
    const { messages } = mei.words;
    await tom.write("Who brings the cake?");
    await mei.choose("Who brings the cake?", messages.reply);
    await expect(mei.composer).toBeFocused();
    await mei.write("I do.");
    const quote = tom.message("I do.").getByRole("button", { name: "Who brings the cake?" });
    await expect(quote).toBeVisible();
    await quote.click();
    await expect(tom.log.locator("[data-highlighted]")).toContainText("Who brings the cake?");

    await tom.choose("Who brings the cake?", messages.recall);
    await expect(mei.message("I do.")).toContainText(messages.quoteRecalled);
  });
}

test("reactions are added, counted and taken back, on both sides", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  await together(mei, tom, fresh("Feelings"));
  const { messages, emoji } = mei.words;
  await mei.write("It works!");
  const said = tom.message("It works!");
  const tools = await tom.tools(said, said.getByText("It works!"));
  await tools.getByRole("button", { name: say(messages.reactWith, { emoji: "👍" }) }).click();
  await expect(mei.reaction("It works!", "👍", 1)).toHaveAttribute("aria-pressed", "false");
  await mei.reaction("It works!", "👍", 1).click();
  await expect(tom.reaction("It works!", "👍", 2)).toHaveAttribute("aria-pressed", "true");

  await tom
    .message("It works!")
    .getByRole("group")
    .getByRole("button", { name: messages.react })
    .click();
  await tom.page.getByRole("searchbox", { name: emoji.search }).fill("fireworks");
  await tom.page.keyboard.press("Enter");
  await expect(mei.reaction("It works!", "🎆", 1)).toBeVisible();
  await mei.choose("It works!", messages.whoReacted);
  await expect(mei.dialog).toContainText(tom.name);
  await mei.page.keyboard.press("Escape");

  await tom.reaction("It works!", "👍", 2).click();
  await expect(mei.reaction("It works!", "👍", 1)).toBeVisible();
  await mei.reaction("It works!", "👍", 1).click();
  await expect(tom.reaction("It works!", "👍", 1)).toHaveCount(0);
});

test("emoji are found in both languages, and those used last come first", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("林梅", { language: "zh" });
  await mei.makeRoom(fresh("表情"));
  const { composer, emoji } = mei.words;
  for (const query of ["饺子", "dumpling"]) {
    await mei.button(composer.emoji).click();
    await mei.page.getByRole("searchbox", { name: emoji.search }).fill(query);
    const found = mei.page.getByRole("button", { name: "饺子", exact: true });
    await expect(found).toHaveCount(1); // found alone: not beside those used last
    await found.click();
  }
  await expect(mei.composer).toHaveValue("🥟🥟");
  await expect(mei.page.getByRole("searchbox", { name: emoji.search })).toHaveCount(0);
  await expect(mei.composer).toBeFocused();
  await mei.button(composer.emoji).click();
  await expect(mei.page.getByRole("region", { name: emoji.recent })).toContainText("🥟");
});

test("on a phone a long press opens what can be done", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker", { phone: true });
  await together(mei, tom, fresh("Touch"));
  await mei.write("Press me");
  const { messages } = tom.words;
  const finger = await tom.context.newCDPSession(tom.page);
  const touch = (type: "touchStart" | "touchEnd", touchPoints: { x: number; y: number }[]) =>
    finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  // A list that still moves takes no touch.
  await expect(async () => {
    if (await tom.dialog.isVisible()) return;
    const message = tom.message("Press me").getByText("Press me");
    const box = await message.boundingBox({ timeout: 2000 });
    await touch("touchStart", [{ x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 20 }]);
    await tom.dialog.waitFor({ timeout: 2000 }).finally(() => touch("touchEnd", []));
  }).toPass();
  await tom.dialog.getByRole("button", { name: say(messages.reactWith, { emoji: "🎉" }) }).tap();
  await expect(tom.dialog).toBeHidden();
  await expect(mei.reaction("Press me", "🎉", 1)).toBeVisible();
});

test("with the keyboard alone one walks through the messages and reacts", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  await mei.makeRoom(fresh("Walk"));
  await mei.write("First");
  await mei.write("Second");
  await expect(mei.message("Second")).toBeVisible();
  await expect(mei.pending).toHaveCount(0);
  const { messages } = mei.words;
  const { keyboard } = mei.page;
  await mei.log.focus();
  await keyboard.press("ArrowUp");
  await expect(mei.message("Second")).toBeFocused();
  await keyboard.press("ArrowUp");
  await expect(mei.message("First")).toBeFocused();
  await keyboard.press("Enter");
  const reply = mei.page.getByRole("menuitem", { name: messages.reply });
  await expect(reply).toBeVisible();
  await keyboard.press("Escape");
  await expect(mei.message("First").getByRole("button", { name: messages.more })).toBeFocused();
  // The pointer may rest on the other message and show its actions too.
  const like = say(messages.reactWith, { emoji: "👍" });
  await mei.message("First").getByRole("button", { name: like, exact: true }).focus();
  await keyboard.press("Enter");
  await expect(mei.reaction("First", "👍", 1)).toBeVisible();
});

test("what the edit window forbids is not offered, and too late is told kindly", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const api = await mei.api();
  const name = fresh("Haste");
  const room = await api.makeRoom(name);
  await tom.joinRoom(name);
  const { messages, errors } = tom.words;
  await tom.write("Quick");
  await tom.choose("Quick", messages.edit);
  await api.call("PATCH", `/conversations/${room}`, { edit_window: 0 });
  await tom.composer.fill("Quicker");
  await tom.composer.press("Enter");
  await expect(tom.page.getByRole("alert")).toHaveText(errors.edit_window_over);
  await expect(tom.composer).toHaveValue("Quicker");
  await tom.composer.press("Escape");
  const quick = tom.message("Quick");
  const tools = await tom.tools(quick, quick.getByText("Quick"));
  await tools.getByRole("button", { name: messages.more }).click();
  await expect(tom.page.getByRole("menuitem", { name: messages.reply })).toBeVisible();
  await expect(tom.page.getByRole("menuitem", { name: messages.edit })).toHaveCount(0);
  await expect(tom.page.getByRole("menuitem", { name: messages.recall })).toHaveCount(0);

  // Whoever moderates recalls at any time, after a question.
  await mei.openRoom(name);
  await mei.choose("Quick", messages.recall);
  await mei.dialog.getByRole("button", { name: messages.recall }).click();
  await tom.page.keyboard.press("Escape");
  await expect(tom.systemLine(messages.recalledYours)).toBeVisible();
});
