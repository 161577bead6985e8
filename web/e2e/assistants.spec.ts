/** Who answers: made and changed in administration; what it took is told to everyone, and to admins. */
import { answers, ask, growing } from "./support/answers.ts";
import { expectNoFindings } from "./support/axe.ts";
import { expect, test } from "./support/test.ts";

test("an admin makes an assistant, and people ask it by its name", async ({
  makeServer,
  welcome,
}) => {
  const server = await makeServer();
  const ada = await welcome("Ada Berg", { server });
  const mei = await welcome("Mei Lin", { server });
  const { admin, ask: askEntry } = ada.words.assistants;
  await ada.goto("/admin/assistants");
  await ada.button(admin.new).click();
  await ada.dialog.getByLabel(admin.name, { exact: true }).fill("Chef");
  await ada.dialog.getByLabel(admin.instructions).fill("You know every recipe.");
  for (const link of ["demo", "openai:gpt-5"]) {
    await ada.dialog.getByLabel(admin.provider).fill(link);
    await ada.dialog.getByLabel(admin.provider).press("Enter");
  }
  await ada.button(admin.drop.replace("{{name}}", "openai:gpt-5")).click();
  await expectNoFindings(ada, "assistant editor");
  await ada.button(admin.save).click();
  await expect(ada.dialog).toBeHidden();
  const row = ada.page.getByRole("listitem").filter({ hasText: "Chef" });
  await expect(row).toContainText("@chef · demo");

  await row.getByRole("button").click();
  await ada.page.getByRole("menuitem").first().click();
  await expect(ada.dialog.getByLabel(admin.instructions)).toHaveValue("You know every recipe.");
  await ada.page.keyboard.press("Escape");

  await mei.button(mei.words.list.new).click();
  await mei.page.getByRole("menuitem", { name: askEntry }).click();
  await mei.page.getByLabel(mei.words.assistants.who).selectOption({ label: "Chef" });
  await mei.write("table");
  await mei.page.waitForURL("**/c/*");
  await expect(answers(mei)).toContainText("Chef");
  await expect(growing(mei)).toHaveCount(0);

  await mei.goto("/settings/usage");
  await expect(mei.page.getByRole("main").getByRole("listitem").first()).toBeVisible();
  await expectNoFindings(mei, "usage");
  await ada.goto("/admin/usage");
  for (const [group, shown] of [
    [ada.words.usage.user, "Mei Lin"],
    [ada.words.usage.assistant, "Chef"],
    [ada.words.usage.model, "demo"],
  ] as const) {
    await ada.page.getByRole("radio", { name: group }).check();
    await expect(
      ada.page.getByRole("list", { name: group }).getByRole("listitem").filter({ hasText: shown }),
    ).toBeVisible();
  }
  await expectNoFindings(ada, "usage of all");
});

test("an admin sets the key of a provider, which nobody can read, and forgets it", async ({
  makeServer,
  welcome,
}) => {
  const server = await makeServer();
  const ada = await welcome("Ada Berg", { server });
  const { providers } = ada.words;
  await ada.goto("/admin/providers");
  const row = ada.page.getByRole("listitem").filter({ hasText: "openai" }).first();
  await row.getByRole("button", { name: providers.set }).click();
  await row.getByLabel(providers.key).fill("sk-secret-of-the-house-1234");
  await expectNoFindings(ada, "providers");
  await row.getByRole("button", { name: ada.words.app.save }).click();
  await expect(row).toContainText("1234");
  await ada.page.reload();
  await expect(row).toContainText("1234");
  await expect(ada.page.locator("body")).not.toContainText("sk-secret");
  await row.getByRole("button", { name: providers.change }).click();
  await expect(row.getByLabel(providers.key)).toHaveValue("");
  await row.getByRole("button", { name: providers.forget }).click();
  await expect(row).toContainText(providers.keyNone);
});

test("a chat with an assistant is renamed and archived", async ({ welcome }) => {
  const mei = await welcome("Mei Lin");
  const { assistants, rooms, app, composer } = mei.words;
  await ask(mei, "table");
  await expect(growing(mei)).toHaveCount(0);
  const settings = async () => {
    await mei.button(rooms.more).click();
    await mei.page.getByRole("menuitem", { name: assistants.chat }).click();
  };
  await settings();
  await mei.dialog.getByLabel(rooms.name).fill("Planets");
  await mei.dialog.getByRole("button", { name: app.save }).click();
  await expect(mei.heading).toHaveText("Planets");
  await expect(mei.entry("Planets")).toBeVisible();
  await settings();
  await mei.dialog.getByRole("button", { name: assistants.archive }).click();
  await expect(mei.page.getByText(composer.archived)).toBeVisible();
});
