/** What a server does not keep for ever, and what it does not take any more. */
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

test("old messages that were removed disappear, and an address of one says so", async ({
  welcome,
  makeServer,
}) => {
  const server = await makeServer();
  const mei = await welcome("Mei Lin", { server });
  const api = await mei.api();
  const room = await api.makeRoom("Log");
  await api.postAll(
    room,
    Array.from({ length: 60 }, (_, index) => `Entry ${index + 1} of the log`),
  );
  server.age(room, 50, 40);
  await mei.goto(`/c/${room}`);
  const { rooms, messages, app } = mei.words;
  const row = (seq: number) => mei.log.locator(`[data-seq="${seq}"]`);
  await expect(row(60)).toBeInViewport();

  await mei.button(rooms.more).click();
  await mei.page.getByRole("menuitem", { name: rooms.settings }).click();
  await mei.dialog.getByLabel(rooms.retention).selectOption("30");
  await mei.dialog.getByRole("button", { name: app.save }).click();
  await expect(mei.dialog).toBeHidden();
  await server.command("purge");
  // The command is another process; the room tells of it when the line comes back at the latest.
  mei.line.cut();
  mei.line.heal();
  await expect(mei.page.getByText(messages.purged)).toBeVisible();
  await expect(mei.log.locator("[data-seq]").first()).toHaveText(/Entry 51 of/);
  await expect(mei.log.locator("[data-seq]")).toHaveCount(10);

  await mei.goto(`/c/${room}/5`);
  await expect(mei.page.getByText(messages.purgedTarget)).toBeVisible();
  await expect(row(60)).toBeInViewport();
  await mei.goto(`/c/${room}/51`);
  await expect(row(51)).toHaveAttribute("data-highlighted", "true");
});

test("a message beyond the server's limit stays with its writer, who is told why", async ({
  welcome,
  makeServer,
}) => {
  const server = await makeServer({ TRIALOGUE_MAX_MESSAGES: "2" });
  const mei = await welcome("Mei Lin", { server });
  const { errors, messages } = mei.words;
  await mei.makeRoom("Full house");
  await mei.write("The first");
  await mei.write("The last that fits");
  await expect(mei.pending).toHaveCount(0);
  await mei.write("One too many");
  await expect(mei.message("One too many").getByRole("alert")).toContainText(errors.quota_reached);

  await mei.page.reload();
  await expect(mei.message("One too many").getByRole("alert")).toContainText(errors.quota_reached);
  const api = await mei.api();
  expect(await api.count(mei.conversationId, "One too many")).toBe(0);
  await mei.message("One too many").getByRole("button", { name: messages.discard }).click();
  await expect(mei.message("One too many")).toHaveCount(0);
});

test("how long a message may be, and for how long it can be changed, is the server's word", async ({
  welcome,
  makeServer,
}) => {
  const server = await makeServer({ TRIALOGUE_MESSAGE_LENGTH: "600", TRIALOGUE_EDIT_WINDOW: "0" });
  const mei = await welcome("Mei Lin", { server });
  const { composer, messages } = mei.words;
  await mei.makeRoom("Short notes");
  await mei.composer.fill("x".repeat(610));
  await expect(mei.page.getByText(say(composer.over_other, { count: 10 }))).toBeVisible();
  await expect(mei.button(composer.send)).toBeDisabled();
  await mei.write("This stays");
  const tools = await mei.tools(mei.message("This stays"));
  await tools.getByRole("button", { name: messages.more }).click();
  const entry = (name: string) => mei.page.getByRole("menuitem", { name, exact: true });
  await expect(entry(messages.reply)).toBeVisible();
  await expect(entry(messages.edit)).toHaveCount(0);
});
