/** Whatever somebody writes is shown as they wrote it, and breaks nothing. */
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

const MARKUP = "<script>document.title='taken'</script><img src=x onerror=document.title='taken'>";
const LONG_WORD = "Donaudampfschifffahrtsgesellschaft".repeat(12);
const LONG_TEXT = "All work and no play makes Jack a dull boy. ".repeat(114).slice(0, 5000).trim();
const EMOJI = "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🎉";
const ARABIC = "مرحبا بالعالم، كيف الحال؟";
const LINES = "first line\n\n  indented after an empty one";

const bubble = (person: Person, seq: number) =>
  person.log.locator(`[data-seq="${seq}"] [dir="auto"]`);

async function expectNoSideways(person: Person): Promise<void> {
  const spare = await person.log.evaluate((log) => log.scrollWidth - log.clientWidth);
  expect(spare).toBeLessThanOrEqual(0);
  const page = await person.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(page).toBeLessThanOrEqual(0);
}

test("markup, endless words, 5000 characters, emoji and right-to-left text stay text", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker", { phone: true });
  const room = fresh("Texts");
  await mei.makeRoom(room);
  await tom.joinRoom(room);
  const texts = [MARKUP, LONG_WORD, LONG_TEXT, EMOJI, ARABIC, LINES];
  // The first one says that Tom has joined.
  for (const [index, text] of texts.entries()) {
    await mei.write(text);
    for (const person of [mei, tom]) {
      await expect(bubble(person, index + 2)).toBeAttached();
      expect(await bubble(person, index + 2).textContent()).toBe(text);
      await expectNoSideways(person);
    }
  }
  await expect(mei.page).toHaveTitle(new RegExp(room));
  await expect(tom.page).toHaveTitle(new RegExp(room));
  await expect(bubble(tom, texts.indexOf(ARABIC) + 2)).toHaveCSS("direction", "rtl");
});

test("web addresses become links, and nothing else does", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  await mei.makeRoom(fresh("Links"));
  await mei.write("See https://example.org/a?b=1. Not javascript:alert(1) nor data:text/html,x");
  const links = bubble(mei, 1).getByRole("link");
  await expect(links).toHaveCount(1);
  await expect(links).toHaveAttribute("href", "https://example.org/a?b=1");
  await expect(links).toHaveAttribute("rel", /noopener/);
});

test("where there is no room for Markdown its words are read", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const room = fresh("Marks");
  await mei.makeRoom(room);
  await tom.joinRoom(room);
  const { announce, quoteOf, reply } = mei.words.messages;
  const text = `# Plans\n\n- **Name** it \`a_b\`, @${mei.username}\n- see [this](https://example.org)`;
  const lines = `Plans • Name it a_b, @${mei.username} • see this`;
  await tom.write(text);

  await expect(mei.entry(room)).toContainText(lines);
  const told = mei.page.getByRole("status").filter({ hasText: "Plans" });
  await expect(told).toHaveText(say(announce, { name: tom.name, text: lines }));
  await mei.choose("see", reply);
  await expect(mei.page.locator("form").getByText("Name it a_b")).toHaveText(lines);
  await mei.write("**Good!**");
  await expect(mei.button(`${quoteOf} ${tom.name} ${lines}`)).toBeVisible();
  await expect(tom.entry(room)).toContainText(": Good!");

  const { label, results } = mei.words.search;
  await mei.goto("/search");
  await mei.page.getByRole("searchbox", { name: label }).fill(`a_b ${mei.username}`);
  const found = mei.page.getByRole("list", { name: results }).getByRole("listitem");
  await expect(found).toContainText(lines);
});

test("what nests beyond measure, or looks like marks of ours, breaks nobody's page", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Traps");
  const room = await mei.makeRoom(name);
  await tom.joinRoom(name);
  await tom.ownButton.click();
  const api = await mei.api();
  await api.post(room, `${"- ".repeat(7_000)}the end`);
  await expect(tom.unread(name, 1)).toBeVisible();
  await tom.openRoom(name);
  await expect(bubble(tom, 2)).toContainText("- - - the end");
  await api.post(room, "`\uE0000\uE001` in the list");
  await expect(tom.entry(name)).toContainText("in the list");
  await api.post(room, `\`\`\`markdown\n${"[a](".repeat(4_000)}\n\`\`\``);
  await api.post(room, "```js\nlet colour = 1;\n```");
  await tom.button(tom.words.messages.toLatest).click();
  await expect(tom.log.locator("[data-token=keyword]", { hasText: "let" })).toBeVisible();
  await tom.write("Still here");
  await expect(mei.message("Still here")).toBeVisible();
});

test("what was begun in one room is still there after looking into another", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const [one, two] = [fresh("One"), fresh("Two")];
  await mei.makeRoom(one);
  await mei.makeRoom(two);
  await mei.composer.fill("half a sentence");
  await mei.openRoom(one);
  await expect(mei.composer).toHaveValue("");
  await mei.openRoom(two);
  await expect(mei.composer).toHaveValue("half a sentence");
  await mei.page.reload();
  await expect(mei.composer).toHaveValue("half a sentence");
});
