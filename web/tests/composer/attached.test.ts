import { beforeEach, describe, expect, it } from "vitest";
import {
  attach as attachUpTo,
  detach,
  dropTrays,
  MOST,
  pastedFiles,
  takeAll,
  trayOf,
} from "@/features/composer/attached";

/** Bytes that the server takes. */
const LARGEST = 1000;

const attach = (key: string, files: File[]) => attachUpTo(key, files, LARGEST);
const file = (name: string, text = "x") => new File([text], name, { type: "text/plain" });
const names = () => trayOf("me.room").files.map((one) => one.file.name);
const refusals = () => trayOf("me.room").refusals.map(({ why, name }) => `${why} ${name}`.trim());

beforeEach(dropTrays);

describe("files to send", () => {
  it("gather, each once it is chosen, and go with the message", () => {
    attach("me.room", [file("a"), file("b")]);
    attach("me.room", [file("c")]);
    attach("me.other", [file("z")]);
    const [, b] = trayOf("me.room").files;
    detach("me.room", b?.id ?? "");
    expect(takeAll("me.room").map((one) => one.file.name)).toEqual(["a", "c"]);
    expect(names()).toEqual([]);
    expect(trayOf("me.other").files).toHaveLength(1);
  });

  it("are no more than a message takes; it is told that others were left out", () => {
    attach("me.room", [file("first")]);
    attach(
      "me.room",
      Array.from({ length: MOST }, (_, n) => file(`${n}`)),
    );
    expect(names()).toHaveLength(MOST);
    expect(refusals()).toEqual(["tooMany"]);
    attach("me.room", []);
    expect(refusals()).toEqual([]);
  });

  it("are neither empty nor larger than a server takes", () => {
    const huge = file("film");
    Object.defineProperty(huge, "size", { value: LARGEST + 1 });
    attach("me.room", [huge, file("nothing", ""), file("note")]);
    expect(names()).toEqual(["note"]);
    expect(refusals()).toEqual(["tooLarge film", "empty nothing"]);
  });

  it("go when their writer signs out", () => {
    attach("me.room", [file("a")]);
    dropTrays();
    expect(names()).toEqual([]);
  });
});

describe("what is pasted", () => {
  const pasted = (types: string[]) =>
    pastedFiles({ files: [file("image.png")], types } as unknown as DataTransfer);

  it("is a file, unless there is text: a table brings a picture of itself along", () => {
    expect(pasted(["Files"])).toHaveLength(1);
    expect(pasted(["text/html", "Files"])).toHaveLength(1);
    expect(pasted(["text/plain", "text/html", "Files"])).toHaveLength(0);
  });
});
