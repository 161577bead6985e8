/** Who stands how in a room, what the room is, and what it records of all that. */
import type { Person } from "./support/person.ts";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

async function manage(person: Person, name: string, entry: string): Promise<void> {
  const panel = person.page.getByRole("complementary");
  await panel.getByRole("listitem").filter({ hasText: name }).hover();
  await panel.getByRole("button", { name: say(person.words.people.manage, { name }) }).click();
  await person.page.getByRole("menuitem", { name: entry }).click();
}

for (const { language, colorScheme } of [
  { language: "en", colorScheme: "light" },
  { language: "zh", colorScheme: "dark" },
] as const) {
  test(`roles are given, a room is handed over, somebody is removed (${language}, ${colorScheme})`, async ({
    welcome,
    fresh,
  }) => {
    const arrival = { language, context: { colorScheme } };
    const mei = await welcome("Mei Lin", arrival);
    const tom = await welcome("Tom Baker", arrival);
    const ida = await welcome("Ida Berg", arrival);
    const room = fresh("Ranks");
    await mei.makeRoom(room);
    await tom.joinRoom(room);
    await ida.joinRoom(room);
    const { people, notices } = mei.words;
    const line = (role: "moderator" | "owner", by: string, name: string) =>
      say(notices.role, { by, name, role: notices.roles[role] });

    await mei.button(people.showMembers).click();
    await manage(mei, tom.name, people.changeRole);
    await mei.dialog.getByLabel(people.role.moderator).check();
    await mei.dialog.getByRole("button", { name: people.giveRole }).click();
    await expect(tom.systemLine(line("moderator", mei.name, notices.you))).toBeVisible();
    await expect(ida.systemLine(line("moderator", mei.name, tom.name))).toBeVisible();
    await expect(mei.systemLine(line("moderator", notices.You, tom.name))).toBeVisible();

    await tom.button(people.showMembers).click();
    await manage(tom, ida.name, people.removeFrom);
    await tom.dialog.getByRole("button", { name: people.removeFrom }).click();
    await expect(ida.page.getByText(ida.words.rooms.joinTitle)).toBeVisible();
    await expect(
      mei.systemLine(say(notices.removed, { by: tom.name, name: ida.name })),
    ).toBeVisible();

    await manage(mei, tom.name, people.changeRole);
    await mei.dialog.getByLabel(people.role.owner).check();
    await mei.dialog.getByRole("button", { name: people.handOver }).click();
    await expect(tom.systemLine(line("owner", mei.name, notices.you))).toBeVisible();
    await expect(
      mei.page.getByRole("complementary").getByRole("listitem").filter({ hasText: tom.name }),
    ).toContainText(people.role.owner);
  });
}

test("a room is renamed, described, closed and archived by those who may", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const name = fresh("Old name");
  await mei.makeRoom(name);
  await tom.joinRoom(name);
  const { rooms, app, notices, composer } = mei.words;
  const open = async (person: Person) => {
    await person.button(rooms.more).click();
    await person.page.getByRole("menuitem", { name: rooms.settings }).click();
  };
  await tom.button(rooms.more).click();
  await expect(tom.page.getByRole("menuitem", { name: rooms.leave })).toBeVisible();
  await expect(tom.page.getByRole("menuitem", { name: rooms.settings })).toHaveCount(0);
  await tom.page.keyboard.press("Escape");

  const fresher = fresh("New name");
  await open(mei);
  await mei.dialog.getByLabel(rooms.name, { exact: true }).fill(fresher);
  await mei.dialog.getByLabel(rooms.description).fill("All about names");
  await mei.dialog.getByLabel(rooms.private).check();
  await mei.dialog.getByRole("button", { name: app.save }).click();
  await expect(tom.heading).toContainText(fresher);
  await expect(
    tom.systemLine(say(notices.renamed, { by: mei.name, value: fresher })),
  ).toBeVisible();
  await expect(tom.systemLine(say(notices.closed, { by: mei.name }))).toBeVisible();

  await open(mei);
  await mei.dialog.getByRole("button", { name: rooms.archive }).click();
  await mei.dialog.getByRole("button", { name: rooms.archive }).click();
  await expect(tom.page.getByText(composer.archived)).toBeVisible();
  await expect(tom.composer).toHaveCount(0);
});
