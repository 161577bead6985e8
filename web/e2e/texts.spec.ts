/** Whatever somebody writes is shown as they wrote it, and breaks nothing. */
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

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
