/** What was said is found: by typing, with the keyboard alone, on a phone, in both languages. */
import { expectNoFindings } from "./support/axe.ts";
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

const field = (person: Person) =>
  person.page.getByRole("searchbox", { name: person.words.search.label });

const results = (person: Person) =>
  person.page.getByRole("list", { name: person.words.search.results }).getByRole("listitem");

test("messages are found as one types, in the words' own places, and lead there", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const api = await mei.api();
  const [plans, lunch] = [fresh("Plans"), fresh("Lunch")];
  const room = await api.makeRoom(plans);
  const other = await api.makeRoom(lunch);
  await (await tom.api()).join(room);
  await api.postAll(room, ["The cake comes on Thursday", "Who brings plates?"]);
  await (await tom.api()).post(room, "Cake! On a thursday! 会议室见");
  await api.post(other, "No cake today");
  const { search } = mei.words;

  await mei.page.keyboard.press("ControlOrMeta+k");
  await expect(field(mei)).toBeFocused();
  await expect(mei.page.getByText(search.hintsTitle)).toBeVisible();
  await field(mei).pressSequentially("cake thu");
  await expect(results(mei)).toHaveCount(2);
  await expect(mei.page).toHaveURL(/\/search\?q=cake\+thu$/);
  await expect(results(mei).first()).toContainText(tom.name);
  await expect(results(mei).first()).toContainText(plans);
  await expect(results(mei).first().locator("mark")).toHaveText(["Cake", "thu"]);
  await field(mei).fill("cake");
  await expect(results(mei)).toHaveCount(3);
  await field(mei).fill("会议室");
  await expect(results(mei).locator("mark")).toHaveText(["会议室"]);
  await field(mei).fill("“who brings”");
  await expect(results(mei).locator("mark")).toHaveText(["Who brings"]);

  await results(mei).getByRole("link").click();
  const marked = mei.log.locator("[data-highlighted]");
  await expect(marked).toContainText("Who brings plates?");
  await expect(marked).toBeInViewport();
  await mei.page.goBack();
  await expect(field(mei)).toHaveValue("“who brings”");
  await expect(results(mei)).toHaveCount(1);
});

test("one conversation is searched from its head, and all of them from there", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const api = await mei.api();
  const [plans, lunch] = [fresh("Plans"), fresh("Lunch")];
  await api.post(await api.makeRoom(plans), "A cake for the plans");
  await api.post(await api.makeRoom(lunch), "A cake for lunch");
  const { search } = mei.words;
  await mei.openRoom(plans);
  await mei.button(search.here).click();
  await field(mei).fill("cake lunch");
  await expect(mei.page.getByText(say(search.none, { query: "cake lunch" }))).toBeVisible();
  await field(mei).fill("cake");
  await expect(results(mei)).toHaveCount(1);
  await expect(mei.page.getByText(say(search.inside, { name: plans }))).toBeVisible();
  await mei.page.getByRole("link", { name: search.everywhere }).click();
  await expect(results(mei)).toHaveCount(2);
});

test("who is not in a room finds nothing of it", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const eve = await welcome("Eve Stranger");
  const api = await mei.api();
  const secret = fresh("secret").replace(" ", "");
  await api.post(await api.makeRoom(fresh("Private"), { public: false }), `The ${secret} plan`);
  await mei.goto(`/search?q=${secret}`);
  await expect(results(mei)).toHaveCount(1);
  await eve.goto(`/search?q=${secret}`);
  await expect(eve.page.getByText(say(eve.words.search.none, { query: secret }))).toBeVisible();
  await expect(results(eve)).toHaveCount(0);
});

test("with the keyboard alone one goes from the field to a message and on", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const api = await mei.api();
  await api.postAll(await api.makeRoom(fresh("Log")), ["first cake", "second cake", "third cake"]);
  const { keyboard } = mei.page;
  await keyboard.press("ControlOrMeta+k");
  await expect(field(mei)).toBeFocused();
  await keyboard.type("cake");
  await expect(results(mei)).toHaveCount(3);
  await keyboard.press("ArrowDown");
  await expect(results(mei).nth(0).getByRole("link")).toBeFocused();
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await expect(results(mei).nth(2).getByRole("link")).toBeFocused();
  await keyboard.press("ArrowUp");
  await keyboard.press("Enter");
  await expect(mei.log.locator("[data-highlighted]")).toContainText("second cake");
  await keyboard.press("ControlOrMeta+k");
  await expect(field(mei)).toBeFocused();
});

test("a long list comes page by page, and an answer that fails can be asked again", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const api = await mei.api();
  const room = await api.makeRoom(fresh("Log"));
  await api.postAll(
    room,
    Array.from({ length: 70 }, (_, index) => `Cake number ${index + 1}`),
  );
  const { app, errors } = mei.words;
  await mei.goto("/search");
  await expect(field(mei)).toBeFocused();
  mei.line.cut();
  await field(mei).fill("cake");
  await expect(mei.page.getByRole("alert")).toContainText(errors.offline);
  mei.line.heal();
  await mei.button(app.retry).click();
  await expect(results(mei).first()).toContainText("Cake number 70");
  await expect(async () => {
    await results(mei).last().scrollIntoViewIfNeeded();
    await expect(results(mei)).toHaveCount(70, { timeout: 500 });
  }).toPass();
  await expect(results(mei).last()).toContainText("Cake number 1");
});

for (const { language, colorScheme } of [
  { language: "en", colorScheme: "dark" },
  { language: "zh", colorScheme: "light" },
] as const) {
  test(`on a phone it is all there, and axe finds nothing serious (${language}, ${colorScheme})`, async ({
    welcome,
    fresh,
  }) => {
    const mei = await welcome("林梅", { language, phone: true, context: { colorScheme } });
    const api = await mei.api();
    const name = fresh("产品讨论");
    const room = await api.makeRoom(name);
    await api.post(room, "周四的蛋糕 cake，会议室见");
    const { search, rooms, app } = mei.words;
    await mei.page.getByRole("link", { name: search.label }).tap();
    await expect(mei.page.getByText(search.hintsTitle)).toBeVisible();
    await expectNoFindings(mei, "search, before a question");
    await field(mei).fill("蛋糕");
    await expect(results(mei)).toHaveCount(1);
    await expectNoFindings(mei, "search, found");
    await field(mei).fill("xyzzy");
    await expect(mei.page.getByText(say(search.none, { query: "xyzzy" }))).toBeVisible();
    await expectNoFindings(mei, "search, nothing found");
    await mei.page.getByRole("link", { name: app.back }).tap();
    await mei.openRoom(name);
    await mei.button(rooms.more).tap();
    await mei.page.getByRole("menuitem", { name: search.here }).tap();
    await field(mei).fill("会议室");
    await results(mei).getByRole("link").tap();
    await expect(mei.log.locator("[data-highlighted]")).toContainText("会议室");
  });
}
