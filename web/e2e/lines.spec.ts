/** Lines break, answers get lost, servers die: every message is there once, and all are in step. */

import type { Person } from "./support/person.ts";
import type { Server } from "./support/server.ts";
import type { Meet } from "./support/test.ts";
import { expect, test } from "./support/test.ts";

interface Pair {
  mei: Person;
  tom: Person;
  room: string;
}

/** Two people with one room open. */
async function pair(welcome: Meet, name: string, server?: Server): Promise<Pair> {
  const mei = await welcome("Mei Lin", server && { server });
  const tom = await welcome("Tom Baker", server && { server });
  const room = await mei.makeRoom(name);
  await tom.joinRoom(name);
  return { mei, tom, room };
}

/** A text stands once on both pages and once in the database. */
async function expectOnce({ mei, tom, room }: Pair, text: string): Promise<void> {
  await expect(mei.message(text)).toHaveCount(1);
  await expect(tom.message(text)).toHaveCount(1);
  await expect(tom.pending).toHaveCount(0);
  expect(await (await mei.api()).count(room, text)).toBe(1);
}

test("a message written while the line is cut survives a reload and arrives once", async ({
  welcome,
  fresh,
}) => {
  const both = await pair(welcome, fresh("Bridge"));
  const { mei, tom } = both;
  await tom.composer.pressSequentially("Written on a broken ");
  tom.line.cut();
  await tom.composer.pressSequentially("line");
  await tom.composer.press("Enter");
  await expect(tom.pending).toContainText("Written on a broken line");
  await expect(tom.offlineBanner).toBeVisible();

  // The page comes back before the line does.
  tom.line.heal();
  tom.line.cut("sockets");
  await tom.page.reload();
  await expect(tom.pending).toContainText("Written on a broken line");
  await expect(mei.message("Written on a broken line")).toHaveCount(0);

  tom.line.heal();
  await expectOnce(both, "Written on a broken line");
  await mei.write("It holds.");
  await expect(tom.message("It holds.")).toBeVisible();
  await expect(tom.offlineBanner).toHaveCount(0);
});

test("a message that the server has taken is not sent twice when the answer is lost", async ({
  welcome,
  fresh,
}) => {
  const both = await pair(welcome, fresh("Echo"));
  const { mei, tom, room } = both;
  tom.line.swallow("down");
  await tom.write("Did you hear me?");
  await expect(mei.message("Did you hear me?")).toBeVisible();
  await expect(tom.pending).toContainText("Did you hear me?");
  const [told] = (await (await mei.api()).messages(room)).slice(-1);

  tom.line.heal();
  // Nobody tells Tom that his old line is dead: he has to find out by himself.
  await expectOnce(both, "Did you hear me?");
  const [kept] = (await (await mei.api()).messages(room)).slice(-1);
  expect(kept).toEqual(told);
});

test("a message that fell into a hole on its way is sent again, once, in its order", async ({
  welcome,
  fresh,
}) => {
  const both = await pair(welcome, fresh("Hole"));
  const { mei, tom } = both;
  tom.line.swallow("up", "down");
  await tom.write("First");
  await tom.write("Second");
  await mei.write("Meanwhile");
  await expect(tom.pending).toHaveCount(2);

  tom.line.heal();
  await expectOnce(both, "First");
  await expectOnce(both, "Second");
  const texts = ["Meanwhile", "First", "Second"];
  await expect(mei.log.getByRole("article")).toContainText(texts);
  await expect(tom.log.getByRole("article")).toContainText(texts);
});

test("after the server was killed everyone comes back by themselves and is in step", async ({
  welcome,
  makeServer,
}) => {
  const server = await makeServer();
  const both = await pair(welcome, "Phoenix", server);
  const { mei, tom } = both;
  await mei.write("Before");
  await expect(tom.message("Before")).toBeVisible();
  await server.kill();
  await expect(mei.offlineBanner).toBeVisible();
  await tom.write("Into the dark");
  await expect(tom.pending).toHaveCount(1);

  await server.start();
  await expectOnce(both, "Before");
  await expectOnce(both, "Into the dark");
  await mei.write("After");
  await expectOnce(both, "After");
  const texts = ["Before", "Into the dark", "After"];
  await expect(mei.log.getByRole("article")).toContainText(texts);
  await expect(tom.log.getByRole("article")).toContainText(texts);
  await expect(mei.offlineBanner).toHaveCount(0);
});
