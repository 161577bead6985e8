/** Accounts, logins and tabs. */
import { PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/test.ts";

test("a name that is taken and a short password are explained where they were typed", async ({
  meet,
  welcome,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await meet("Tom Baker");
  const { auth, errors } = tom.words;
  await tom.goto("/register");
  const username = tom.page.getByLabel(auth.username, { exact: true });
  const password = tom.page.getByLabel(auth.password);
  await username.fill(mei.username);
  await password.fill("short");
  await tom.button(auth.register).click();
  await expect(password).toHaveAccessibleDescription(errors.passwordShort);
  await expect(password).toHaveAttribute("aria-invalid", "true");

  await password.fill(PASSWORD);
  await tom.button(auth.register).click();
  await expect(username).toHaveAccessibleDescription(errors.username_taken);
  await expect(username).toHaveAttribute("aria-invalid", "true");

  await username.fill(tom.username);
  await tom.button(auth.register).click();
  await expect(tom.page.getByText(tom.words.list.emptyTitle)).toBeVisible();
  await expect(tom.list.getByRole("link", { name: tom.words.assistants.ask })).toBeVisible();
});

test("a wrong password is refused in clear words, the right one opens the page that was asked for", async ({
  meet,
  welcome,
}) => {
  const mei = await welcome("Mei Lin");
  const again = await meet("Mei Lin");
  await again.goto("/settings");
  await again.page.waitForURL("**/login");
  const { auth, errors, settings } = again.words;
  await again.page.getByLabel(auth.usernameOrEmail).fill(mei.username);
  await again.page.getByLabel(auth.password).fill("not the password");
  await again.button(auth.login).click();
  await expect(again.page.getByRole("alert")).toHaveText(errors.invalid_credentials);

  await again.page.getByLabel(auth.password).fill(PASSWORD);
  await again.button(auth.login).click();
  await expect(again.heading).toHaveText(settings.title);
});

test("a login survives reloads, also of two tabs at once", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  const other = await mei.openTab();
  await expect(other.ownButton).toBeVisible();
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([mei.page.reload(), other.page.reload()]);
    await expect(mei.ownButton).toBeVisible();
    await expect(other.ownButton).toBeVisible();
  }
});

test("a login is renewed before its token ends", async ({ meet }) => {
  const mei = await meet("Mei Lin");
  await mei.page.clock.install();
  await mei.register();
  const renewed = mei.page.waitForResponse("**/api/v1/auth/refresh");
  await mei.page.clock.fastForward("30:00");
  expect((await renewed).status()).toBe(200);
  await expect(mei.ownButton).toBeVisible();
});

test("signing out in one tab signs out the other, and nothing is left to come back with", async ({
  welcome,
}) => {
  const mei = await welcome("Mei Lin");
  const other = await mei.openTab();
  await expect(other.ownButton).toBeVisible();
  await mei.signOut();
  await other.page.waitForURL("**/login");
  await other.page.reload();
  await expect(other.button(other.words.auth.login)).toBeVisible();
  expect(await mei.context.cookies()).toEqual([]);
});

test("two tabs of one person show the same, and what is read in one is read in the other", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const room = fresh("Tabs");
  await mei.makeRoom(room);
  await tom.joinRoom(room);
  const other = await mei.openTab();
  await mei.ownButton.click();

  await tom.write("One for all tabs");
  await expect(mei.unread(room, 1)).toBeVisible();
  await expect(other.unread(room, 1)).toBeVisible();
  await other.openRoom(room);
  await expect(mei.entry(room)).not.toHaveAttribute("data-unread");

  await other.write("Seen");
  await mei.openRoom(room);
  await expect(mei.message("Seen")).toHaveCount(1);
  await mei.write("Once");
  await expect(mei.message("Once")).toHaveCount(1);
  await expect(other.message("Once")).toHaveCount(1);
  await expect(tom.message("Once")).toHaveCount(1);
});
