/** What becomes of an answer when its provider fails, breaks off, is slow, or has said enough. */
import { answers, growing, textOf, tool } from "./support/answers.ts";
import { askHelper, expect, type Helper, test } from "./support/assisted.ts";
import type { Person } from "./support/person.ts";
import { picture } from "./support/pictures.ts";
import { CUT, fail, hold, type Part, type Provider, say, sayAtMost } from "./support/provider.ts";
import { say as fill } from "./support/words.ts";

/** What a model has sent with its only answer; the white space at its ends is not shown. */
async function sentBy(provider: Provider, model: string): Promise<string> {
  const [asked] = await provider.asked([model], { ended: 1 });
  return (asked?.sent ?? "").trim();
}

/** What the server keeps of the last message. */
async function kept(person: Person): Promise<string> {
  const api = await person.api();
  return (await api.messages(person.conversationId)).at(-1)?.content ?? "";
}

/** Whom an answer names: who has given it, and who has not. */
async function expectDetails(person: Person, helper: Helper, why: string): Promise<void> {
  const { replies } = person.words;
  await tool(answers(person), replies.details).click();
  const told = answers(person).getByRole("listitem");
  const by = fill(replies.by, { who: `OpenAI · ${helper.second}-2026` });
  await expect(told.first()).toHaveText(by);
  await expect(told.nth(1)).toContainText(`OpenAI · ${helper.first}`);
  await expect(told.nth(1)).toContainText(why);
}

test("where one fails before its first word another answers, and the answer says so", async ({
  welcome,
  makeHelper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const helper = await makeHelper(fail(503, "overloaded"));
  await provider.queue(helper.second, say("The second ", hold("second"), "answers."));
  await askHelper(mei, helper, "Who is there?");
  await expect(textOf(growing(mei))).toHaveText("The second");
  await expect(growing(mei)).not.toContainText(mei.words.replies.restarted);
  await provider.release("second");
  await expect(growing(mei)).toHaveCount(0);
  await expect(textOf(answers(mei))).toHaveText("The second answers.");
  const stoodIn = { who: `${helper.second}-2026`, failed: helper.first };
  await expect(mei.button(fill(mei.words.replies.stoodIn, stoodIn))).toBeVisible();
  await expectDetails(mei, helper, mei.words.replies.short.unavailable);
});

test("where one breaks off in the middle the answer starts over, for all who watch", async ({
  welcome,
  meet,
  makeHelper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const device = Object.assign(await meet("Mei Lin"), { username: mei.username });
  await device.signIn();
  const helper = await makeHelper(say("Half of ", "it", hold("half"), CUT));
  await provider.queue(helper.second, say("All ", hold("all"), "of it."));
  await device.goto(await askHelper(mei, helper, "Tell me all."));
  for (const person of [mei, device])
    await expect(textOf(growing(person))).toHaveText("Half of it");
  await provider.release("half");
  for (const person of [mei, device]) {
    await expect(growing(person)).toContainText(person.words.replies.restarted);
    await expect(textOf(growing(person))).toHaveText("All");
  }
  await provider.release("all");
  for (const person of [mei, device]) {
    await expect(growing(person)).toHaveCount(0);
    await expect(textOf(answers(person))).toHaveText("All of it.");
    await expect(answers(person)).not.toContainText(person.words.replies.restarted);
  }
  await expectDetails(mei, helper, mei.words.replies.short.cut);
});

test("where all fail the answer says why, and when to try again", async ({
  welcome,
  makeHelper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const { replies } = mei.words;
  const helper = await makeHelper(fail(500, "fault"), say("Here I am."));
  await provider.queue(helper.second, fail(429, "rate_limit", { "retry-after": "2" }));
  await askHelper(mei, helper, "Who is there?");
  const alert = answers(mei).getByRole("alert");
  await expect(alert).toContainText(`${replies.failed} ${replies.why.limited}`);
  // The same button: first it counts, then it may be pressed.
  const retry = alert.getByRole("button");
  await expect(retry).toHaveText(replies.retry);
  await expect(retry).toBeEnabled();
  await retry.click();
  await expect(textOf(answers(mei))).toHaveText("Here I am.");
  await expect(answers(mei)).toHaveCount(1);
  await expect(alert).toHaveCount(0);
});

test("how long one has to wait does not begin anew with the page", async ({
  welcome,
  makeHelper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const { retryIn, retryInMinutes } = mei.words.replies;
  const limited = fail(429, "rate_limit", { "retry-after": "400" });
  const helper = await makeHelper(limited);
  await provider.queue(helper.second, limited);
  await askHelper(mei, helper, "Who is there?");
  const retry = answers(mei).getByRole("alert").getByRole("button");
  await expect(retry).toHaveText(fill(retryInMinutes, { count: 7 }));
  await expect(retry).toBeDisabled();
  await mei.page.clock.setSystemTime(Date.now() + 350_000);
  await mei.page.reload();
  const [before = "", after = ""] = retryIn.split("{{count}}");
  await expect(retry).toHaveText(new RegExp(`^${before}[1-5]?\\d${after}$`, "u"));
  // Whoever asks meanwhile is told the same, though nobody is asked for it.
  await mei.page.clock.setSystemTime(Date.now());
  await mei.write("And now?");
  await expect(answers(mei)).toHaveCount(2);
  const second = answers(mei).last().getByRole("alert");
  await expect(second).toContainText(mei.words.replies.why.limited);
  await expect(second.getByRole("button")).toBeDisabled();
  expect(await provider.asked(helper.models)).toHaveLength(2);
});

test("an answer that has reached its longest says so, and goes on", async ({
  welcome,
  makeHelper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const { replies } = mei.words;
  const helper = await makeHelper(sayAtMost("Once upon a"), say(" time there was", " a lease."));
  await askHelper(mei, helper, "Tell me a story.");
  await expect(answers(mei)).toContainText(replies.length);
  await expect(textOf(answers(mei))).toHaveText("Once upon a");
  await mei.page.reload();
  await expect(answers(mei)).toContainText(replies.length);
  await tool(answers(mei), replies.goOn).click();
  await expect(textOf(answers(mei))).toHaveText("Once upon a time there was a lease.");
  await expect(growing(mei)).toHaveCount(0);
  await expect(answers(mei)).not.toContainText(replies.length);
  await expect(answers(mei)).toHaveCount(1);
  expect(await kept(mei)).toBe("Once upon a time there was a lease.");
  const [, again] = await provider.asked(helper.models);
  expect(again?.body.messages.map(({ role }) => role).slice(-3)).toEqual([
    "user",
    "assistant",
    "user",
  ]);
});

test("a reload in mid-stream finds the text there, and in the end all of it", async ({
  welcome,
  meet,
  makeHelper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const device = Object.assign(await meet("Mei Lin"), { username: mei.username });
  await device.signIn();
  const words = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `🤝${from + index}汉字 `);
  const helper = await makeHelper(
    say(...words(0, 40), hold("reload"), ...words(40, 400), hold("end"), ...words(400, 440)),
  );
  await device.goto(await askHelper(mei, helper, "Count."));
  const begun = words(0, 40).join("").trim();
  for (const person of [mei, device]) await expect(textOf(growing(person))).toHaveText(begun);
  // The page is loaded while nothing comes: what was said stands there.
  await mei.page.reload();
  await expect(textOf(growing(mei))).toHaveText(begun);
  // And while much comes.
  const reloaded = mei.page.reload({ waitUntil: "commit" });
  await provider.release("reload");
  await reloaded;
  const most = words(0, 400).join("").trim();
  for (const person of [mei, device]) await expect(textOf(growing(person))).toHaveText(most);
  await provider.release("end");
  for (const person of [mei, device]) await expect(growing(person)).toHaveCount(0);
  const sent = await sentBy(provider, helper.first);
  expect(sent).toBe(words(0, 440).join("").trim());
  expect((await kept(mei)).trim()).toBe(sent);
  for (const person of [mei, device])
    expect((await textOf(answers(person)).textContent())?.trim()).toBe(sent);
});

test("a stop before the first word and one in the middle both hold", async ({
  welcome,
  makeHelper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const { replies } = mei.words;
  const silent = { ...say("Too late."), hold: true };
  const helper = await makeHelper(silent, say("One ", "two", hold("stopped"), " three"));
  await askHelper(mei, helper, "Are you there?");
  const thinking = fill(replies.thinking, { name: helper.name });
  await expect(growing(mei).getByRole("img", { name: thinking })).toBeVisible();
  await provider.asked([helper.first], { began: 1 });
  await mei.button(replies.stopAnswer).click();
  await expect(answers(mei)).toContainText(replies.cancelled);
  await expect(textOf(answers(mei))).toHaveCount(0);
  const [first] = await provider.asked([helper.first], { ended: 1 });
  expect(first?.closed_early).not.toBeNull();
  expect(await provider.asked([helper.second])).toEqual([]);

  await tool(answers(mei), replies.retry).click();
  await expect(textOf(growing(mei))).toHaveText("One two");
  await growing(mei).getByRole("button", { name: replies.stop, exact: true }).click();
  await expect(answers(mei)).toContainText(replies.cancelled);
  const [, second] = await provider.asked([helper.first], { ended: 2 });
  expect(second?.closed_early).not.toBeNull();
  await provider.release("stopped");
  await mei.page.reload();
  await expect(answers(mei)).toContainText(replies.cancelled);
  await expect(textOf(answers(mei))).toHaveText("One two");
  await expect(tool(answers(mei), replies.goOn)).toBeVisible();
});

test("two who ask one assistant at once are both answered, one after the other", async ({
  welcome,
  fresh,
  makeHelper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Lab");
  const room = await mei.makeRoom(name);
  await tom.joinRoom(name);
  const helper = await makeHelper(
    say("The first ", hold("one"), "answer."),
    say("The second ", hold("two"), "answer."),
  );
  const api = await mei.api();
  await api.call("POST", `/conversations/${room}/members`, { user_id: helper.userId });
  await Promise.all([
    mei.write(`@${helper.username} What is a lease?`),
    tom.write(`@${helper.username} What is a fence?`),
  ]);
  const both = [mei, tom];
  for (const person of both) await expect(textOf(growing(person))).toHaveText("The first");
  for (const person of both) await expect(answers(person)).toHaveCount(1);
  await provider.release("one");
  for (const person of both) await expect(textOf(growing(person))).toHaveText("The second");
  await provider.release("two");
  for (const person of both) {
    await expect(growing(person)).toHaveCount(0);
    await expect(textOf(answers(person))).toHaveText(["The first answer.", "The second answer."]);
  }
  // Each was asked what it answers.
  const asked = await provider.asked([helper.first], { ended: 2 });
  const questions = asked.map(({ body }) => String(body.messages.at(-1)?.content));
  expect(questions.sort()).toEqual([
    `Mei Lin: @${helper.username} What is a lease?`,
    `Tom Baker: @${helper.username} What is a fence?`,
  ]);
});

test("a picture that one sends is shown to a model that sees, and named to others", async ({
  welcome,
  makeHelper,
  keeper,
  provider,
}) => {
  const mei = await welcome("Mei Lin");
  const helper = await makeHelper(say("A green roof."), say("It was a roof."));
  const admin = `/assistants/${helper.id}`;
  await keeper.call("PATCH", admin, { settings: { images: true } });
  await mei.goto("/new");
  await mei.page.getByLabel(mei.words.assistants.who).selectOption({ label: helper.name });
  await mei.page.locator("[data-attach]").setInputFiles(picture("roof.png", 2000, 1000));
  await mei.write("What is this?");
  await mei.page.waitForURL("**/c/*");
  await expect(textOf(answers(mei))).toHaveText("A green roof.");
  const open = fill(mei.words.files.open, { name: "roof.png" });
  await expect(mei.log.getByRole("button", { name: open, exact: true })).toBeVisible();
  const [first] = await provider.asked([helper.first], { ended: 1 });
  const [text, image] = (first?.body.messages.at(-1)?.content ?? []) as Part[];
  expect(text).toMatchObject({ type: "text", text: "What is this?" });
  const url = image?.type === "image_url" ? image.image_url.url : "";
  expect(await sizeOf(mei, url)).toEqual([1568, 784]);

  await keeper.call("PATCH", admin, { settings: { images: false } });
  await mei.write("What was it?");
  await expect(textOf(answers(mei)).last()).toHaveText("It was a roof.");
  const [, second] = await provider.asked([helper.first], { ended: 2 });
  const told = second?.body.messages.map(({ content }) => content);
  expect(told).toEqual(["What is this?\n[image: roof.png]", "A green roof.", "What was it?"]);
});

/** Of a picture in a data address, as a browser shows it. */
async function sizeOf(person: Person, url: string): Promise<[number, number]> {
  expect(url).toMatch(/^data:image\/jpeg;base64,/u);
  return person.page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  }, url);
}
