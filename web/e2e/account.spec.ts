/** One's own account: who one is, one's password, where one is signed in, one's tokens. */
import { PASSWORD } from "./support/api.ts";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

for (const { language, colorScheme } of [
  { language: "en", colorScheme: "dark" },
  { language: "zh", colorScheme: "light" },
] as const) {
  test(`a new name is seen by others at once (${language}, ${colorScheme})`, async ({
    welcome,
  }) => {
    const mei = await welcome("Mei Lin", { language, context: { colorScheme } });
    const tom = await welcome("Tom Baker", { language, context: { colorScheme } });
    await tom.startDirect(mei);
    await tom.write("Hello");
    const { settings, app } = mei.words;
    await mei.ownButton.click();
    await mei.page.getByLabel(settings.displayName).fill("Mei Lindqvist");
    await mei.page.getByLabel(settings.email).fill(`${mei.username}@example.org`);
    await mei.page.getByLabel(settings.timeZone).selectOption("Asia/Shanghai");
    await mei.button(app.save).click();
    await expect(mei.page.getByText(app.saved)).toBeVisible();
    await expect(tom.heading).toContainText("Mei Lindqvist");
    await mei.page.reload();
    await expect(mei.page.getByLabel(settings.timeZone)).toHaveValue("Asia/Shanghai");
  });
}

test("a password is changed, and other devices are signed out", async ({ meet, welcome }) => {
  const mei = await welcome("Mei Lin");
  const { settings, errors } = mei.words;
  await mei.ownButton.click();
  await mei.page.getByRole("link", { name: settings.security }).click();
  await mei.page.getByLabel(settings.currentPassword).fill("not the password");
  await mei.page.getByLabel(settings.newPassword).fill("another horse battery");
  await mei.button(settings.changePassword).click();
  await expect(mei.page.getByLabel(settings.currentPassword)).toHaveAccessibleDescription(
    errors.wrongPassword,
  );
  await mei.page.getByLabel(settings.currentPassword).fill(PASSWORD);
  await mei.button(settings.changePassword).click();
  await expect(mei.page.getByText(settings.passwordChanged)).toBeVisible();

  const again = await meet("Mei Lin");
  await again.goto("/login");
  await again.page.getByLabel(again.words.auth.usernameOrEmail).fill(mei.username);
  await again.page.getByLabel(again.words.auth.password).fill("another horse battery");
  await again.button(again.words.auth.login).click();
  await expect(again.ownButton).toBeVisible();

  await mei.page.reload();
  const other = mei.page.getByRole("listitem").filter({ hasNotText: settings.thisDevice });
  await expect(mei.page.getByText(settings.thisDevice)).toBeVisible();
  await other.getByRole("button", { name: /End/ }).click();
  await again.page.waitForURL("**/login");
});

test("a token is shown once, works, and ends when it is revoked", async ({ welcome, server }) => {
  const mei = await welcome("Mei Lin");
  const { settings } = mei.words;
  await mei.goto("/settings/tokens");
  await mei.page.getByLabel(settings.tokenName).fill("Build bot");
  await mei.button(settings.makeToken).click();
  const secret = await mei.page.getByLabel(settings.tokenValue).inputValue();
  const me = () =>
    fetch(`${server.url}/api/v1/users/me`, { headers: { Authorization: `Bearer ${secret}` } });
  expect((await me()).status).toBe(200);
  await mei.page.reload();
  await expect(mei.page.getByText("Build bot")).toBeVisible();
  await expect(mei.page.getByLabel(settings.tokenValue)).toHaveCount(0);
  await mei.button(say(settings.revokeOf, { name: "Build bot" })).click();
  await expect(mei.page.getByText("Build bot")).toHaveCount(0);
  expect((await me()).status).toBe(401);
});
