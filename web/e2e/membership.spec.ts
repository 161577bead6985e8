/** Coming and going: what one may no longer see is gone at once. */
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

test("a private room disappears at once for whoever is removed from it", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Committee");
  const meis = await mei.api();
  const toms = await tom.api();
  const room = await meis.makeRoom(name, { public: false, member_ids: [toms.userId] });
  await meis.post(room, "Nothing leaves this room.");
  await tom.openRoom(name);
  await expect(tom.message("Nothing leaves this room.")).toBeVisible();

  await meis.remove(room, toms.userId);
  await expect(tom.entry(name)).toHaveCount(0);
  await expect(tom.page.getByText(tom.words.rooms.goneTitle)).toBeVisible();
  await expect(tom.page.getByText("Nothing leaves this room.")).toHaveCount(0);

  await meis.post(room, "He is gone.");
  // Told after it, on the same line: had he heard of the room, it would stand there by now.
  await meis.post(await meis.direct(toms.userId), "No hard feelings.");
  await expect(tom.unread(mei.name, 1)).toBeVisible();
  await expect(tom.entry(name)).toHaveCount(0);
  await expect(tom.page.getByText("He is gone.")).toHaveCount(0);
});

test("somebody who is added to a room sees it at once, with what was written before", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Choir");
  await mei.makeRoom(name);
  await mei.write("We sing on Tuesdays.");
  await mei.button(mei.words.people.showMembers).click();
  await mei.button(mei.words.people.add).click();
  await mei.pick(tom);
  const added = say(mei.words.people.added, { name: tom.name });
  await expect(mei.dialog.getByText(added)).toBeVisible();
  const search = mei.dialog.getByLabel(mei.words.people.search);
  await expect(search).toHaveValue("");
  await expect(search).toBeFocused();

  await tom.openRoom(name);
  await expect(tom.message("We sing on Tuesdays.")).toBeVisible();
});

test("whoever leaves a public room finds it again among the rooms to join", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Chess");
  await mei.makeRoom(name);
  await tom.joinRoom(name);
  await tom.button(tom.words.rooms.more).click();
  await tom.page.getByRole("menuitem", { name: tom.words.rooms.leave }).click();
  await tom.dialog.getByRole("button", { name: tom.words.rooms.leave }).click();
  await expect(tom.entry(name)).toHaveCount(0);
  await expect(
    mei.page.getByText(say(mei.words.rooms.memberCount_one, { count: 1 })),
  ).toBeVisible();

  await tom.joinRoom(name);
  await expect(tom.entry(name)).toBeVisible();
});

test("a room's name can be typed as long as the server takes it", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  await mei.button(mei.words.list.new).click();
  await mei.page.getByRole("menuitem", { name: mei.words.list.newRoom }).click();
  await mei.dialog.getByLabel(mei.words.rooms.name, { exact: true }).focus();
  await mei.page.keyboard.insertText("名".repeat(300));
  await mei.dialog.getByRole("button", { name: mei.words.rooms.create }).click();
  await expect(mei.heading).toHaveText("名".repeat(80));
});
