/** What owners and admins see to: people, invites, links for a new password. */
import AxeBuilder from "@axe-core/playwright";
import { expectNoFindings } from "./support/axe.ts";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

for (const { language, colorScheme } of [
  { language: "en", colorScheme: "light" },
  { language: "zh", colorScheme: "dark" },
] as const) {
  test(`people come by invite, are found, deactivated and let in again (${language}, ${colorScheme})`, async ({
    welcome,
    meet,
    makeServer,
    fresh,
  }) => {
    const server = await makeServer();
    const arrival = { language, server, context: { colorScheme } };
    const mei = await welcome("Mei Lin", arrival);
    const room = fresh("Welcome");
    await mei.makeRoom(room);
    const { admin, auth } = mei.words;
    await mei.button(admin.title).click();
    await mei.page.getByRole("link", { name: admin.invites }).click();
    await mei.page.getByLabel(admin.uses).selectOption("1");
    await mei.page.getByLabel(admin.room).selectOption({ label: room });
    await mei.button(admin.makeInvite).click();
    const link = new URL(await mei.page.getByLabel(admin.link, { exact: true }).inputValue());

    const tom = await meet("Tom Baker", arrival);
    await tom.goto(link.pathname + link.search);
    await expect(tom.page.getByText(auth.invited)).toBeVisible();
    await tom.page.getByLabel(auth.username, { exact: true }).fill(tom.username);
    await tom.page.getByLabel(auth.displayName).fill(tom.name);
    await tom.page.getByLabel(auth.password).fill("correct horse battery");
    await tom.button(auth.register).click();
    await expect(tom.entry(room)).toBeVisible();
    await expect(tom.button(admin.title)).toHaveCount(0);

    await mei.page.getByRole("link", { name: admin.people }).click();
    await mei.page.getByLabel(admin.search).fill("tom");
    const row = mei.page.getByRole("listitem").filter({ hasText: `@${tom.username}` });
    const choose = async (entry: string) => {
      await row.getByRole("button", { name: say(admin.manage, { name: tom.name }) }).click();
      await mei.page.getByRole("menuitem", { name: entry }).click();
    };
    await choose(admin.deactivate);
    await mei.dialog.getByRole("button", { name: admin.deactivate }).click();
    await expect(row).toContainText(admin.inactive);
    await tom.page.waitForURL("**/login");
    await choose(admin.reactivate);
    await expect(row).not.toContainText(admin.inactive);

    await choose(admin.resetLink);
    await mei.dialog.getByRole("button", { name: admin.makeLink }).click();
    const reset = new URL(await mei.dialog.getByLabel(admin.link, { exact: true }).inputValue());
    await tom.goto(reset.pathname + reset.search);
    await tom.page.getByLabel(auth.newPassword).fill("a much newer password");
    await tom.button(auth.reset).click();
    await expect(tom.page.getByText(auth.resetDone)).toBeVisible();
    await tom.page.getByRole("link", { name: auth.login }).click();
    await tom.page.getByLabel(auth.usernameOrEmail).fill(tom.username);
    await tom.page.getByLabel(auth.password).fill("a much newer password");
    await tom.button(auth.login).click();
    await expect(tom.ownButton).toBeVisible();
  });
}

test("axe finds nothing serious where people are administered", async ({ welcome, makeServer }) => {
  const mei = await welcome("Mei Lin", { server: await makeServer(), phone: true });
  const { admin } = mei.words;
  for (const [path, button] of [
    ["/admin", admin.newAccount],
    ["/admin/invites", admin.makeInvite],
  ] as const) {
    await mei.goto(path);
    await expect(mei.button(button)).toBeVisible();
    await expectNoFindings(mei, path);
    const width = await mei.page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
  }
  await mei.goto("/");
  await expect(mei.list).toBeVisible();
  const { violations } = await new AxeBuilder({ page: mei.page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test("an account is made with a link, gets a role, and is deleted", async ({
  welcome,
  makeServer,
}) => {
  const server = await makeServer();
  const mei = await welcome("Mei Lin", { server });
  const { admin, app, people } = mei.words;
  await mei.button(admin.title).click();
  await mei.button(admin.newAccount).click();
  await mei.dialog.getByLabel(admin.username, { exact: true }).fill("ida");
  await mei.dialog.getByLabel(admin.displayName).fill("Ida Berg");
  await mei.dialog.getByRole("button", { name: admin.create }).click();
  await expect(mei.dialog.getByLabel(admin.link, { exact: true })).toHaveValue(/\/reset\?token=/);
  await mei.dialog.getByRole("button", { name: app.done }).click();

  const row = mei.page.getByRole("listitem").filter({ hasText: "@ida" });
  const choose = async (entry: string) => {
    await row.getByRole("button", { name: say(admin.manage, { name: "Ida Berg" }) }).click();
    await mei.page.getByRole("menuitem", { name: entry }).click();
  };
  await choose(admin.changeRole);
  await mei.dialog.getByRole("radio", { name: new RegExp(`^${admin.roles.admin}`) }).check();
  await mei.dialog.getByRole("button", { name: people.giveRole }).click();
  await expect(row).toContainText(admin.roles.admin);
  await choose(app.delete);
  await mei.dialog.getByRole("button", { name: admin.deleteSure }).click();
  await expect(row).toHaveCount(0);
});
