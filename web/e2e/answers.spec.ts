/** People ask assistants: the answer grows before their eyes, on every device, whatever happens. */
import { answers, ask, growing, textOf, tool } from "./support/answers.ts";
import { expectNoFindings } from "./support/axe.ts";
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

/** The long answer takes half a minute where nothing else runs. */
const LONG = { timeout: 150_000 };

/** What the server holds of the last answer once it is complete. */
async function complete(person: Person): Promise<string> {
  const api = await person.api();
  const last = (await api.messages(person.conversationId)).at(-1);
  return last?.content ?? "";
}

/** The words of a text, however they are laid out. */
const wordsOf = (text: string) => text.split(/\s+/u).filter(Boolean);

test("an answer grows word by word, and is the one that the server keeps", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  await ask(mei, "/slow");
  const text = textOf(growing(mei));
  await expect(text).toHaveText(/\w+/u);
  const first = await text.textContent();
  await expect(text).not.toHaveText(first ?? "");
  expect((await text.textContent())?.startsWith(first ?? "-")).toBe(true);
  await expect(mei.entry(mei.words.assistants.writing)).toBeVisible();
});

test("a reload in the middle of an answer loses and doubles nothing", async ({ welcome }) => {
  test.slow();
  const mei = await welcome("Mei Lin");
  await ask(mei, "/long");
  await expect(textOf(growing(mei))).toContainText("2");
  await mei.page.reload();
  await expect(answers(mei)).toHaveCount(1);
  await expect(growing(mei)).toHaveCount(0, LONG);
  const shown = await textOf(answers(mei)).innerText();
  expect(wordsOf(shown)).toEqual(wordsOf(await complete(mei)));
});

test("a second device watches, and one whose line is cut catches up", async ({ welcome, meet }) => {
  test.slow();
  const mei = await welcome("Mei Lin");
  const other = await meet("Mei Lin");
  const device = Object.assign(other, { username: mei.username });
  await device.signIn();
  const path = await ask(mei, "/long");
  await device.goto(path);
  await expect(textOf(growing(device))).toContainText("1");
  device.line.cut();
  await expect(device.offlineBanner).toBeVisible();
  device.line.heal();
  await expect(growing(mei)).toHaveCount(0, LONG);
  await expect(growing(device)).toHaveCount(0, LONG);
  const kept = wordsOf(await complete(mei));
  for (const person of [mei, device])
    expect(wordsOf(await textOf(answers(person)).innerText())).toEqual(kept);
});

test("a stopped answer keeps its words and goes on from there", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  const { replies } = mei.words;
  await ask(mei, "/slow");
  await expect(textOf(growing(mei))).toHaveText(/\w+ \w+/u);
  await mei.composer.press("Escape");
  await expect(answers(mei)).toContainText(replies.cancelled);
  await expect(growing(mei)).toHaveCount(0);
  const kept = await textOf(answers(mei)).innerText();
  expect(kept).toBe(await complete(mei));
  await tool(answers(mei), replies.goOn).click();
  await expect(textOf(growing(mei))).toContainText(kept);
  await mei.button(replies.stopAnswer).click();
  await expect(growing(mei)).toHaveCount(0);
});

test("an answer that broke off says why, and is continued", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  const { providers, replies } = mei.words;
  await ask(mei, "/cut");
  await expect(answers(mei)).toContainText(`${replies.interrupted} ${replies.why.cut}`);
  await tool(answers(mei), replies.details).click();
  await expect(answers(mei).getByRole("listitem").first()).toHaveText(
    say(replies.begun, { who: providers.names.demo }),
  );
  await tool(answers(mei), replies.goOn).click();
  await expect(textOf(answers(mei))).toContainText("This is the rest.");
  await expect(answers(mei)).not.toContainText(replies.interrupted);
  await expect(answers(mei)).toHaveCount(1);
  await mei.write("/error");
  await expect(answers(mei).last()).toContainText(replies.why.unavailable);
  await expect(tool(answers(mei).last(), replies.retry)).toBeVisible();
  await expect(tool(answers(mei).last(), replies.again)).toHaveCount(0);
  await tool(answers(mei).last(), replies.details).click();
  await expect(answers(mei).last().getByRole("listitem").nth(1)).toContainText(
    providers.names.demo,
  );
});

test("a conversation whose first answer fails or is stopped has its question's name", async ({
  welcome,
}) => {
  const mei = await welcome("Mei Lin");
  await ask(mei, "/error with my plan");
  await expect(mei.entry("/error with my plan")).toBeVisible();
  await expect(mei.heading).toHaveText("/error with my plan");
  await ask(mei, "/slow about my plan");
  await expect(textOf(growing(mei))).toHaveText(/\w+/u);
  await mei.composer.press("Escape");
  await expect(mei.entry("/slow about my plan")).toBeVisible();
});

test("another answer takes the place of the first, which stays reachable", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  const { replies } = mei.words;
  await ask(mei, "table");
  await expect(growing(mei)).toHaveCount(0);
  await expect(answers(mei).getByRole("table")).toBeVisible();
  await tool(answers(mei), replies.again).click();
  await expect(answers(mei).getByText("2/2")).toBeVisible(); // both are there for a moment
  await expect(answers(mei)).toHaveCount(1);
  await expect(growing(mei)).toHaveCount(0);
  await tool(answers(mei), replies.older).click();
  await expect(answers(mei)).toContainText("1/2");
  await expect(answers(mei).getByRole("table")).toBeVisible();
  await mei.page.reload();
  await expect(answers(mei)).toContainText("2/2");
});

test("a question asked anew begins a branch, and the old one can be read", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  const { messages, replies } = mei.words;
  await ask(mei, "table");
  await expect(answers(mei).getByRole("table")).toBeVisible();
  await expect(growing(mei)).toHaveCount(0);
  await mei.choose("table", messages.edit);
  await mei.write("code");
  await expect(answers(mei).getByText("fibonacci(8)", { exact: true })).toBeVisible();
  await expect(mei.log.getByRole("table")).toHaveCount(0);
  const question = mei.message("code").first();
  await expect(question).toContainText("2/2");
  await question.getByRole("button", { name: replies.older }).click();
  await expect(mei.log.getByRole("table")).toBeVisible();
  await expect(mei.log.getByText("fibonacci(8)")).toHaveCount(0);
});

test("how an answer was rated is there after a reload", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  const { replies } = mei.words;
  await ask(mei, "table");
  await expect(growing(mei)).toHaveCount(0);
  await tool(answers(mei), replies.bad).click();
  await answers(mei).getByLabel(replies.rate.comment).fill("Too few moons.");
  await mei.button(replies.rate.send).click();
  await expect(mei.button(replies.rate.send)).toHaveCount(0);
  await mei.page.reload();
  await expect(tool(answers(mei), replies.bad)).toHaveAttribute("aria-pressed", "true");
  await tool(answers(mei), replies.bad).click();
  await expect(answers(mei).getByLabel(replies.rate.comment)).toHaveValue("Too few moons.");
});

test("in a room the assistant answers who names it, and all watch", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Lab");
  const room = await mei.makeRoom(name);
  await tom.joinRoom(name);
  const api = await mei.api();
  const [assistant] = (
    await api.call<{ items: { id: string; user: { id: string; username: string } }[] }>(
      "GET",
      "/assistants",
    )
  ).items;
  await api.call("POST", `/conversations/${room}/members`, { user_id: assistant?.user.id });
  await mei.composer.pressSequentially(`@${assistant?.user.username.slice(0, 4)}`);
  await mei.page.getByRole("option").first().click();
  await mei.composer.pressSequentially("/slow");
  await mei.composer.press("Enter");
  await expect(textOf(growing(tom))).toHaveText(/\w+/u);
  await expect(
    tom.page.getByText(tom.words.replies.answeringOne.split("{{name}}").at(-1) ?? "-"),
  ).toBeVisible();
  await growing(tom).getByRole("button", { name: tom.words.replies.stop, exact: true }).click();
  for (const person of [mei, tom])
    await expect(answers(person)).toContainText(person.words.replies.cancelled);
});

test("with the keyboard alone one asks, stops and goes on", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  const { replies } = mei.words;
  await mei.goto("/new");
  await mei.composer.focus();
  await mei.page.keyboard.type("/slow");
  await mei.page.keyboard.press("Enter");
  await expect(textOf(growing(mei))).toHaveText(/\w+/u);
  await mei.page.keyboard.press("Escape");
  await expect(answers(mei)).toContainText(replies.cancelled);
  await mei.log.focus();
  await mei.page.keyboard.press("ArrowUp");
  await expect(answers(mei)).toBeFocused();
  await mei.page.keyboard.press("Tab");
  await expect(tool(answers(mei), replies.goOn)).toBeFocused();
  await mei.page.keyboard.press("Enter");
  await expect(growing(mei)).toHaveCount(1);
});

test("on a phone, in Chinese, an answer fits and streams", async ({ welcome }) => {
  const mei = await welcome("林美", { phone: true, language: "zh" });
  await mei.goto("/new");
  for (const shown of ["表格", "代码", "公式"]) {
    await mei.write(shown);
    if (shown === "表格") await mei.page.waitForURL("**/c/*");
    await expect(answers(mei).last()).toBeVisible();
    await expect(growing(mei)).toHaveCount(0);
  }
  await expect(mei.log.getByRole("table").or(mei.log.locator("pre")).first()).toBeVisible();
  const width = await mei.page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious where assistants answer (${colorScheme})`, async ({
    welcome,
  }) => {
    const mei = await welcome("Mei Lin", { context: { colorScheme } });
    const { replies } = mei.words;
    await mei.goto("/new");
    await mei.composer.waitFor();
    await expectNoFindings(mei, "new chat");
    for (const question of ["markdown", "code", "table", "math", "/error"]) {
      await ask(mei, question);
      await expect(answers(mei)).toHaveCount(1);
      await expect(growing(mei)).toHaveCount(0);
      await expectNoFindings(mei, question);
    }
    await ask(mei, "/slow");
    await expect(textOf(growing(mei))).toHaveText(/\w+/u);
    await expectNoFindings(mei, "a growing answer");
    await mei.composer.press("Escape");
    await expect(growing(mei)).toHaveCount(0);
    await tool(answers(mei), replies.details).click();
    await expectNoFindings(mei, "details");
    await tool(answers(mei), replies.good).click();
    await expect(mei.button(replies.rate.send)).toBeVisible();
    await expectNoFindings(mei, "rating");
  });
}
