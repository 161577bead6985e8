/** How far a message has come, and who is writing right now. */
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

for (const { language, colorScheme } of [
  { language: "en", colorScheme: "dark" },
  { language: "zh", colorScheme: "light" },
] as const) {
  test(`between two: delivered, then read (${language}, ${colorScheme})`, async ({ welcome }) => {
    const mei = await welcome("Mei Lin", { language, context: { colorScheme } });
    const tom = await welcome("Tom Baker", { language, context: { colorScheme } });
    const { status } = mei.words.messages;
    await mei.startDirect(tom);
    await mei.write("Are you there?");
    await expect(mei.message("Are you there?").getByLabel(status.delivered)).toBeVisible();
    await tom.entry(mei.name).click();
    await expect(mei.message("Are you there?").getByLabel(status.read)).toBeVisible();
    await mei.page.reload();
    await expect(mei.message("Are you there?").getByLabel(status.read)).toBeVisible();
  });
}

test("in a room: by how many, and by whom", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const ida = await welcome("Ida Berg");
  const name = fresh("Readers");
  await mei.makeRoom(name);
  await tom.joinRoom(name);
  await ida.joinRoom(name);
  await ida.ownButton.click();
  const { messages } = mei.words;
  await mei.write("Who reads this?");
  const mark = mei.message("Who reads this?").getByRole("button", {
    name: say(messages.readBy_one, { count: 1 }),
  });
  await mark.click();
  await expect(mei.dialog).toContainText(tom.name);
  await expect(mei.dialog).not.toContainText(ida.name);
  await mei.page.keyboard.press("Escape");
  await ida.openRoom(name);
  await expect(
    mei.message("Who reads this?").getByRole("button", { name: messages.readByAll }),
  ).toBeVisible();
});

test("whoever writes is seen writing, until they send or stop", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const ida = await welcome("Ida Berg");
  const name = fresh("Typing");
  await mei.makeRoom(name);
  await tom.joinRoom(name);
  await ida.joinRoom(name);
  const { messages } = mei.words;
  await tom.composer.pressSequentially("I think");
  const one = mei.page.getByText(say(messages.typingOne, { name: tom.name }));
  await expect(one).toBeVisible();
  const two = say(messages.typingTwo, { name: tom.name, other: ida.name });
  // A sign lasts six seconds; whoever goes on gives another.
  await expect(async () => {
    await tom.composer.pressSequentially(".");
    await ida.composer.pressSequentially(".");
    await expect(mei.page.getByText(two)).toBeVisible({ timeout: 3000 });
  }).toPass();
  await ida.composer.fill("");
  await tom.composer.press("Enter");
  await expect(mei.message("I think")).toBeVisible();
  await expect(one).toHaveCount(0);
  await expect(mei.page.getByText(two)).toHaveCount(0);
});
