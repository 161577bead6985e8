/** Pictures of people and rooms: given, seen everywhere, taken away. */
import { expectNoFindings } from "./support/axe.ts";
import type { Person } from "./support/person.ts";
import { document, picture } from "./support/pictures.ts";
import { expect, test } from "./support/test.ts";

async function choose(person: Person, file: ReturnType<typeof picture>): Promise<void> {
  const chooser = person.page.waitForEvent("filechooser");
  await person.page
    .getByRole("group", { name: person.words.picture.label })
    .getByRole("button")
    .first()
    .click();
  await (await chooser).setFiles(file);
}

test("one's own picture is seen by others at once, and initials where it is removed", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Faces");
  await mei.makeRoom(name);
  await tom.joinRoom(name);
  await mei.write("Here I am");
  const face = tom.message("Here I am").locator("img");
  await expect(tom.message("Here I am")).toBeVisible();
  await expect(face).toHaveCount(0);

  const { picture: words } = mei.words;
  await mei.ownButton.click();
  await choose(mei, document("me.txt", 100));
  await expect(mei.page.getByRole("alert")).toHaveText(words.unsupported);
  await choose(mei, picture("me.png", 400, 300));
  await expect(mei.button(words.remove)).toBeVisible();
  await expect(mei.page.getByRole("alert")).toHaveCount(0);
  await expectNoFindings(mei, "settings with a picture");
  await expect(face).toBeVisible();
  await expect
    .poll(() => face.evaluate((img: HTMLImageElement) => img.naturalWidth))
    .toBeGreaterThan(0);
  await expect(mei.ownButton.locator("img")).toBeVisible();

  await mei.button(words.remove).click();
  await expect(face).toHaveCount(0);
  await expect(mei.ownButton.locator("img")).toHaveCount(0);
});

test("a room's picture is set by its owner and shown in every list", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Club");
  await mei.makeRoom(name);
  await tom.joinRoom(name);
  const { rooms, picture: words, app } = mei.words;
  await mei.button(rooms.more).click();
  await mei.page.getByRole("menuitem", { name: rooms.settings }).click();
  await choose(mei, picture("club.png", 300, 300, [180, 80, 40]));
  await expect(mei.dialog.getByRole("button", { name: words.remove })).toBeVisible();
  await expectNoFindings(mei, "settings of a room with a picture");
  await expect(tom.entry(name).locator("img")).toBeVisible();
  await mei.dialog.getByRole("button", { name: app.close }).click();

  // A picture that does not come gives way to initials.
  await tom.page.route("**/avatar", (route) => route.abort());
  await tom.page.reload();
  await expect(tom.entry(name)).toBeVisible();
  await expect(tom.entry(name).locator("img")).toHaveCount(0);
});
