/** The main journey on PostgreSQL, through a killed server: the pages notice no difference. */
import { expect, test } from "./support/test.ts";

const DATABASE_URL = process.env.TRIALOGUE_E2E_POSTGRESQL_URL ?? "";

test("two people talk on PostgreSQL, and nothing is lost when the server is killed", async ({
  welcome,
  makeServer,
}) => {
  test.skip(!DATABASE_URL, "no PostgreSQL: script/test names one where it is within reach");
  const server = await makeServer({ DATABASE_URL });
  const mei = await welcome("Mei Lin", { server });
  const tom = await welcome("Tom Baker", { server });
  const room = await mei.makeRoom("Elephants");
  await tom.joinRoom("Elephants");
  await mei.write("They never forget.");
  await expect(tom.message("They never forget.")).toBeVisible();
  await tom.ownButton.click();
  await mei.write("Never.");
  await expect(tom.unread("Elephants", 1)).toBeVisible();

  await server.kill();
  await tom.openRoom("Elephants");
  await tom.write("Not even now?");
  await expect(tom.pending).toHaveCount(1);
  await server.start();
  await expect(mei.message("Not even now?")).toHaveCount(1);
  await expect(tom.message("Not even now?")).toHaveCount(1);
  expect(await (await mei.api()).count(room, "Not even now?")).toBe(1);
});
