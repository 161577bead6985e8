/** Without a mouse: every step can be reached with Tab, and one always sees where one is. */
import type { Locator } from "@playwright/test";
import { PASSWORD } from "./support/api.ts";
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

const MOST_TABS = 30;

/** Presses Tab until it is there; every stop on the way must be visible. */
async function tabTo(person: Person, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let count = 0; count < MOST_TABS; count += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await person.page.keyboard.press("Tab");
    await expectFocusVisible(person);
  }
  throw new Error(`Tab does not reach ${wanted}.`);
}

async function expectFocusVisible(person: Person): Promise<void> {
  const seen = await person.page.evaluate(() => {
    let element = document.activeElement;
    // A round control may show the focus on what surrounds it.
    for (let up = 0; element && up < 3; up += 1, element = element.parentElement) {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const outlined = outlineStyle !== "none" && outlineWidth !== "0px";
      if (outlined || boxShadow !== "none" || element === document.body) return true;
    }
    return false;
  });
  const where = await person.page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
  expect(seen, `the focus is visible on ${where}`).toBe(true);
}

function focusIsIn(person: Person, selector: string): Promise<boolean> {
  return person.page.evaluate(
    (wanted) => Boolean(document.activeElement?.closest(wanted)),
    selector,
  );
}

test("register, make a room, write and come back with the keyboard alone", async ({
  meet,
  fresh,
}) => {
  const mei = await meet("Mei Lin");
  const { assistants, auth, list, rooms } = mei.words;
  const { keyboard } = mei.page;
  await mei.goto("/register");
  await expect(mei.page.getByLabel(auth.username, { exact: true })).toBeFocused();
  await keyboard.type(mei.username);
  await keyboard.press("Tab");
  await keyboard.type(mei.name);
  await keyboard.press("Tab");
  await keyboard.type(PASSWORD);
  await keyboard.press("Enter");

  await expect(mei.ownButton).toBeVisible();
  await tabTo(mei, mei.button(list.new));
  await keyboard.press("Enter");
  const entry = mei.page.getByRole("menuitem", { name: list.newRoom });
  // The menu has the keys a frame after it is seen.
  await expect(mei.page.getByRole("menuitem", { name: assistants.ask })).toBeFocused();
  await keyboard.press("ArrowDown");
  await keyboard.press("ArrowDown");
  await expect(entry).toBeFocused();
  await keyboard.press("Enter");
  await expect(mei.dialog.getByLabel(rooms.name, { exact: true })).toBeFocused();
  const room = fresh("Keys");
  await keyboard.type(room);
  await keyboard.press("Enter");

  await expect(mei.composer).toBeFocused();
  await keyboard.type("First line");
  await keyboard.press("Shift+Enter");
  await keyboard.type("second line");
  await keyboard.press("Enter");
  await expect(mei.message("First line\nsecond line")).toBeVisible();
  await expect(mei.composer).toBeFocused();

  await tabTo(mei, mei.ownButton);
  await keyboard.press("Enter");
  await expect(mei.heading).toHaveText(mei.words.settings.title);
  await tabTo(mei, mei.entry(room));
  await keyboard.press("Enter");
  await expect(mei.composer).toBeFocused();
});

test("a dialog keeps the focus inside, closes with Escape and gives the focus back", async ({
  welcome,
}) => {
  const mei = await welcome("Mei Lin");
  const { keyboard } = mei.page;
  await tabTo(mei, mei.button(mei.words.list.new));
  await keyboard.press("Enter");
  await mei.page.getByRole("menuitem", { name: mei.words.list.newRoom }).press("Enter");
  await expect(mei.dialog).toBeVisible();
  for (let count = 0; count < MOST_TABS; count += 1) {
    await keyboard.press("Tab");
    // At both ends a guard has the focus for a moment, and hands it on to the other end.
    await expect.poll(() => focusIsIn(mei, "[role=dialog]")).toBe(true);
  }
  await keyboard.press("Escape");
  await expect(mei.dialog).toBeHidden();
  await expect(mei.button(mei.words.list.new)).toBeFocused();
});
