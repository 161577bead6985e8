/** Files: chosen, dragged, pasted; on their way, taken back; seen by the others and nobody else. */
import type { Locator } from "@playwright/test";
import { expectNoFindings } from "./support/axe.ts";
import type { Person } from "./support/person.ts";
import { document, type NamedFile, picture } from "./support/pictures.ts";
import { expect, test } from "./support/test.ts";
import { say } from "./support/words.ts";

const MB = 1_000_000;

async function together(mei: Person, tom: Person, room: string): Promise<void> {
  await mei.makeRoom(room);
  await tom.joinRoom(room);
}

async function attach(person: Person, ...files: NamedFile[]): Promise<void> {
  await person.page.locator("[data-attach]").setInputFiles(files);
}

const tray = (person: Person) =>
  person.page.getByRole("list", { name: person.words.files.attached }).getByRole("listitem");

/** Pictures in the history, by the name of their file. */
const shown = (person: Person, name: string) =>
  person.log.getByRole("button", { name: say(person.words.files.open, { name }), exact: true });

const bar = (person: Person, name: string) =>
  person.log.getByRole("progressbar", { name: say(person.words.files.uploading, { name }) });

const widthOf = (image: Locator) =>
  image.evaluate((element) => (element as HTMLImageElement).naturalWidth);

/** Lets go of files above something, or pastes them into it, as a browser would. */
async function give(target: Locator, way: "drop" | "paste", ...files: NamedFile[]): Promise<void> {
  const plain = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    bytes: buffer.toString("base64"),
  }));
  await target.evaluate(
    (element, { way, plain }) => {
      const data = new DataTransfer();
      for (const { name, mimeType, bytes } of plain) {
        const raw = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
        data.items.add(new File([raw], name, { type: mimeType }));
      }
      const shared = { bubbles: true, cancelable: true };
      if (way === "paste") {
        element.dispatchEvent(new ClipboardEvent("paste", { ...shared, clipboardData: data }));
        return;
      }
      for (const kind of ["dragenter", "dragover", "drop"])
        element.dispatchEvent(new DragEvent(kind, { ...shared, dataTransfer: data }));
    },
    { way, plain },
  );
}

test("a picture is seen by the others at once, in a place that was kept for it", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const room = fresh("Photos");
  await together(mei, tom, room);
  await attach(mei, picture("sea.png", 1200, 800));
  await expect(tray(mei)).toHaveCount(1);
  await mei.write("Look at the sea");

  const image = shown(tom, "sea.png").locator("img");
  await expect(tom.message("Look at the sea")).toBeVisible();
  await expect.poll(() => widthOf(image)).toBeGreaterThan(0);
  const box = await shown(tom, "sea.png").boundingBox();
  expect(box?.width).toBeCloseTo(320, 0);
  expect(box?.height).toBeCloseTo(213, 0);
  await expect(mei.pending).toHaveCount(0);
  await expect(tray(mei)).toHaveCount(0);
  await attach(mei, picture("alone.png", 500, 1000));
  await mei.composer.press("Enter");
  await expect(shown(tom, "alone.png")).toBeVisible();
  await expect(mei.pending).toHaveCount(0);
  for (const person of [mei, tom]) {
    const alone = await shown(person, "alone.png").boundingBox();
    expect(alone?.width).toBeCloseTo(160, 0);
    expect(alone?.height).toBeCloseTo(320, 0);
  }

  await attach(mei, picture("one.png", 300, 300), picture("two.png", 300, 300));
  await mei.composer.press("Enter");
  await expect(shown(tom, "two.png")).toBeVisible();
  await expect(tom.entry(room)).toContainText(say(tom.words.files.pictures_other, { count: 2 }));
});

test("files of all kinds come by button, by dragging and by pasting", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const room = fresh("Files");
  await together(mei, tom, room);
  const { files } = mei.words;
  await give(mei.log, "drop", document("plan.txt", 2000));
  await expect(tray(mei)).toContainText("plan.txt");
  await give(mei.composer, "paste", picture("pasted.png", 200, 200));
  await expect(tray(mei)).toHaveCount(2);
  await attach(mei, document("no.txt", 10));
  await mei.button(say(files.remove, { name: "no.txt" })).click();
  await expect(tray(mei)).toHaveCount(2);
  await expect(mei.composer).toBeFocused();
  await mei.button(mei.words.composer.send).click();

  await expect(shown(tom, "pasted.png")).toBeVisible();
  const save = tom.log.getByRole("link", { name: say(files.downloadOf, { name: "plan.txt" }) });
  await expect(tom.log.getByText("2 kB")).toBeVisible();
  const download = tom.page.waitForEvent("download");
  await save.click();
  expect((await download).suggestedFilename()).toBe("plan.txt");

  await attach(mei, ...Array.from({ length: 12 }, (_, n) => document(`${n}.txt`, 5)));
  await expect(tray(mei)).toHaveCount(10);
  await expect(mei.page.getByRole("alert")).toHaveText(say(files.tooMany_other, { count: 10 }));
});

test("an upload shows how far it is, can be taken back, and holds up nobody", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  await together(mei, tom, fresh("Slowly"));
  const { files } = mei.words;
  mei.line.narrow(2 * MB);
  await attach(mei, document("film.txt", 24 * MB), document("note.txt", 50));
  await mei.write("Two files");
  const value = () =>
    bar(mei, "film.txt").evaluate((element) => Number(element.getAttribute("value")));
  await expect.poll(value).toBeGreaterThan(0);
  expect(await value()).toBeLessThan(24 * MB);
  await mei.write("Meanwhile");
  await expect(tom.message("Meanwhile")).toBeVisible();
  await expect(tom.message("Two files")).toHaveCount(0);

  await mei.button(say(files.cancel, { name: "film.txt" })).click();
  await expect(tom.message("Two files")).toContainText("note.txt");
  await expect(tom.message("Two files")).not.toContainText("film.txt");
  await expect(mei.pending).toHaveCount(0);
});

test("an upload that is cut off goes on when the line is back, also after a reload", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  await together(mei, tom, fresh("Cuts"));
  mei.line.narrow(4 * MB);
  await attach(mei, document("large.txt", 24 * MB));
  await mei.write("It will come");
  await expect
    .poll(() => bar(mei, "large.txt").evaluate((element) => Number(element.getAttribute("value"))))
    .toBeGreaterThan(0);
  mei.line.cut();
  await expect(mei.offlineBanner).toBeVisible();
  await attach(mei, picture("offline.png", 100, 100));
  await mei.write("Written offline");
  await expect(shown(mei, "offline.png").locator("img")).toBeVisible();
  mei.line.heal();
  await mei.page.reload();
  await expect(tom.message("It will come")).toContainText("large.txt");
  await expect(tom.message("Written offline")).toBeVisible();
  await expect(shown(tom, "offline.png")).toBeVisible();
  await expect(mei.pending).toHaveCount(0);
});

test("what the server does not take stays with its writer, who is told why", async ({
  welcome,
  makeServer,
}) => {
  const server = await makeServer({
    TRIALOGUE_UPLOAD_LIMIT: "20000",
    TRIALOGUE_UPLOAD_TYPES: "text/plain",
  });
  const mei = await welcome("Mei Lin", { server });
  const { errors, messages, files } = mei.words;
  await mei.makeRoom("Limits");
  // What is too large is known before it goes anywhere, by the limit of this server.
  await attach(mei, document("large.txt", 20_001), document("small.txt", 60));
  await expect(mei.page.getByRole("alert")).toContainText(
    say(files.tooLarge, { name: "large.txt", size: "20 kB" }),
  );
  await expect(tray(mei)).toHaveCount(1);
  await attach(mei, picture("garden.png", 20, 20));
  await mei.write("Both of them");
  const message = mei.message("Both of them");
  await expect(message.getByRole("alert")).toContainText(errors.unsupported_type);
  await message.getByRole("button", { name: say(files.cancel, { name: "garden.png" }) }).click();
  await message.getByRole("button", { name: messages.retry }).click();
  await expect(mei.pending).toHaveCount(0);
  await expect(mei.message("Both of them")).toContainText("small.txt");
});

test("pictures are looked at large, with the keyboard alone", async ({ welcome, fresh }) => {
  const mei = await welcome("Mei Lin");
  await mei.makeRoom(fresh("Gallery"));
  const { files, app } = mei.words;
  for (const name of ["first.png", "second.png", "third.png"]) {
    await attach(mei, picture(name, 900, 600));
    await mei.composer.press("Enter");
    await expect(shown(mei, name)).toBeVisible();
  }
  await expect(mei.pending).toHaveCount(0);
  await shown(mei, "second.png").focus();
  const { keyboard } = mei.page;
  await keyboard.press("Enter");
  const large = (name: string) => mei.dialog.getByRole("img", { name });
  await expect(large("second.png")).toBeVisible();
  await expect(mei.dialog.getByText(say(files.place, { at: 2, count: 3 }))).toBeVisible();
  await expect(mei.dialog).toBeFocused(); // a frame after it is seen
  await keyboard.press("ArrowRight");
  await expect(large("third.png")).toBeVisible();
  await expect(mei.dialog.getByRole("button", { name: files.next })).toHaveCount(0);
  await keyboard.press("ArrowLeft");
  await keyboard.press("ArrowLeft");
  await expect(large("first.png")).toBeVisible();
  const before = await large("first.png").boundingBox();
  await keyboard.press("+");
  await expect
    .poll(async () => (await large("first.png").boundingBox())?.width ?? 0)
    .toBeGreaterThan((before?.width ?? 0) * 1.4);
  await keyboard.press("0");
  await expect
    .poll(async () => Math.round((await large("first.png").boundingBox())?.width ?? 0))
    .toBe(Math.round(before?.width ?? 0));
  // The focus stays inside.
  for (let n = 0; n < 9; n += 1) {
    await keyboard.press("Tab");
    await expect(mei.dialog.locator(":focus")).toHaveCount(1);
  }
  const download = mei.page.waitForEvent("download");
  await mei.dialog.getByRole("link", { name: files.download }).press("Enter");
  expect((await download).suggestedFilename()).toBe("first.png");
  await expectNoFindings(mei, "a picture large");
  await keyboard.press("Escape");
  await expect(mei.dialog).toBeHidden();
  await expect(shown(mei, "second.png")).toBeFocused();

  await keyboard.press("Enter");
  await mei.dialog.getByRole("button", { name: app.close }).click();
  await expect(mei.dialog).toBeHidden();
});

test("only members can fetch a file, and nobody once its message is recalled", async ({
  welcome,
  fresh,
}) => {
  const mei = await welcome("Mei Lin");
  const tom = await welcome("Tom Baker");
  const eve = await welcome("Eve Stranger");
  await together(mei, tom, fresh("Private"));
  await attach(mei, picture("secret.png", 400, 400));
  await mei.write("For us");
  await expect(tom.message("For us")).toBeVisible();
  const source = await shown(tom, "secret.png").locator("img").getAttribute("src");
  const status = (person: Person) =>
    person.page.evaluate(
      async (url) => (await fetch(url, { cache: "no-store" })).status,
      source ?? "",
    );
  expect(await status(tom)).toBe(200);
  expect(await status(eve)).toBe(404);

  await mei.choose("For us", mei.words.messages.recall);
  await expect(shown(tom, "secret.png")).toHaveCount(0);
  expect(await status(tom)).toBe(410);
});

for (const { language, colorScheme } of [
  { language: "en", colorScheme: "dark" },
  { language: "zh", colorScheme: "light" },
] as const) {
  test(`on a phone files are sent, quoted and looked at, and axe finds nothing serious (${language}, ${colorScheme})`, async ({
    welcome,
    fresh,
  }) => {
    const mei = await welcome("林梅", { language, phone: true, context: { colorScheme } });
    const tom = await welcome("Tom Baker", { language });
    const room = fresh("照片");
    await together(mei, tom, room);
    const { files, messages } = mei.words;
    await attach(mei, picture("海.png", 800, 600), document("计划.txt", 5000));
    await expect(tray(mei)).toHaveCount(2);
    await expectNoFindings(mei, "files to send");
    await mei.button(mei.words.composer.send).tap();
    await expect(mei.pending).toHaveCount(0);
    await expect(mei.log.getByText("计划.txt")).toBeVisible();
    await expectNoFindings(mei, "room with files");

    const what = say(files.several_other, { count: 2 });
    await expect(tom.entry(room)).toContainText(what);
    const open = say(files.open, { name: "海.png" });
    const message = tom.log
      .getByRole("article")
      .filter({ has: tom.page.getByRole("button", { name: open, exact: true }) });
    const tools = await tom.tools(message);
    await tools.getByRole("button", { name: messages.reply, exact: true }).click();
    await tom.write("Nice");
    await expect(mei.message("Nice").getByRole("button", { name: what })).toBeVisible();
    // A list that still moves takes no touch.
    const large = mei.dialog.getByRole("img", { name: "海.png" });
    await expect(async () => {
      if (await large.isVisible()) return;
      await shown(mei, "海.png").tap({ timeout: 2000 });
      await large.waitFor({ timeout: 2000 });
    }).toPass();
    await expectNoFindings(mei, "a picture large on a phone");
  });
}
