/** A long history: addresses of single messages, and reading backwards without losing one's place. */
import type { Locator } from "@playwright/test";
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";

const LENGTH = 230;

const textOf = (seq: number) => `Entry ${seq} of the log`;

/** A room with a long history, in which the person is. */
async function longRoom(person: Person, name: string): Promise<string> {
  const api = await person.api();
  const room = await api.makeRoom(name);
  await api.postAll(
    room,
    Array.from({ length: LENGTH }, (_, index) => textOf(index + 1)),
  );
  return room;
}

const row = (person: Person, seq: number) => person.log.locator(`[data-seq="${seq}"]`);

async function top(locator: Locator): Promise<number> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("The row is not on the page.");
  return box.y;
}

/** Waits until nothing moves any more, what was measured late included. */
function rest(person: Person): Promise<void> {
  return person.log.evaluate(async (log) => {
    for (let still = 0, last = ""; still < 5; ) {
      await new Promise(requestAnimationFrame);
      const now = `${log.scrollTop} ${log.scrollHeight}`;
      still = now === last ? still + 1 : 0;
      last = now;
    }
  });
}

/** The number of the first message that is wholly on the screen. */
function firstInSight(person: Person): Promise<number> {
  return person.log.evaluate((log) => {
    const { top } = log.getBoundingClientRect();
    const rows = [...log.querySelectorAll<HTMLElement>("[data-seq]")];
    return Number(rows.find((row) => row.getBoundingClientRect().top >= top)?.dataset.seq);
  });
}

test("an address of a message opens the room around it and lights it up", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const room = await longRoom(mei, fresh("Log"));
  await mei.goto(`/c/${room}/57`);

  await expect(row(mei, 57)).toBeInViewport();
  await expect(row(mei, 57)).toHaveAttribute("data-highlighted", "true");
  await expect(row(mei, 57)).toContainText(textOf(57));
  await expect(mei.log.locator("[data-highlighted]")).toHaveCount(1);
  await expect(row(mei, LENGTH)).toHaveCount(0);

  await mei.button(mei.words.messages.toLatest).click();
  await expect(row(mei, LENGTH)).toBeInViewport();
  await expect(mei.page).toHaveURL(new RegExp(`/c/${room}$`));
});

test("an address of a message that does not exist says so and shows the room", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const room = await longRoom(mei, fresh("Log"));
  await mei.goto(`/c/${room}/9999`);
  await expect(mei.page.getByText(mei.words.messages.gone)).toBeVisible();
  await expect(row(mei, LENGTH)).toBeInViewport();
});

test("older messages come while scrolling back, and what one reads stays where it is", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const room = await longRoom(mei, fresh("Log"));
  await mei.goto(`/c/${room}`);
  await expect(row(mei, LENGTH)).toBeInViewport();

  mei.line.slow(300);
  await mei.log.evaluate((log) => log.scrollTo({ top: 0 }));
  await expect(row(mei, 182)).toBeInViewport();
  await rest(mei);
  const before = await top(row(mei, 182));
  await expect(row(mei, 180)).toBeAttached();
  expect(Math.abs((await top(row(mei, 182))) - before)).toBeLessThan(3);
  mei.line.heal();

  const first = row(mei, 1);
  await expect(async () => {
    await mei.log.evaluate((log) => log.scrollTo({ top: 0 }));
    await expect(first).toBeInViewport({ timeout: 200 });
  }).toPass();
  await expect(mei.log.locator("[data-seq]").first()).toHaveText(/Entry 1 of/);
});

test("somebody who reads old messages is not pulled away by new ones", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Log");
  const room = await longRoom(mei, name);
  const toms = await tom.api();
  await toms.join(room);
  await mei.goto(`/c/${room}`);
  await expect(row(mei, LENGTH)).toBeInViewport();
  // That Tom has joined stands at the end, and has been read.
  await expect(mei.entry(name)).not.toHaveAttribute("data-unread");
  await mei.log.hover();
  await mei.page.mouse.wheel(0, -1500);
  await expect(row(mei, LENGTH)).not.toBeInViewport();
  await rest(mei);
  const read = row(mei, await firstInSight(mei));
  const before = await top(read);

  await toms.post(room, "News from below");
  await expect(mei.button(mei.words.messages.toLatest)).toContainText("1");
  expect(Math.abs((await top(read)) - before)).toBeLessThan(3);
  await mei.button(mei.words.messages.toLatest).click();
  await expect(mei.message("News from below")).toBeInViewport();
});

test("who scrolls the moment a room opens at its new messages is not pulled back to them", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Log");
  const room = await longRoom(mei, name);
  const toms = await tom.api();
  await toms.join(room);
  // Moves in the very frame in which the new line is first there, before the rows are measured.
  await mei.page.addInitScript((line) => {
    new MutationObserver((_, observer) => {
      const log = document.querySelector<HTMLElement>("[role=log]");
      if (!log?.innerText.includes(line)) return;
      observer.disconnect();
      log.dispatchEvent(new WheelEvent("wheel", { deltaY: -1500, bubbles: true }));
      log.scrollBy({ top: -1500, behavior: "instant" });
    }).observe(document, { childList: true, subtree: true });
  }, mei.words.messages.newLine);
  await mei.goto(`/c/${room}`);
  await expect(mei.button(mei.words.messages.toLatest)).toBeVisible();
  await toms.post(room, "News from below");
  await expect(mei.button(mei.words.messages.toLatest)).toContainText("1");
  await expect(row(mei, LENGTH)).not.toBeInViewport();
});
