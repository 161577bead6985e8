import { describe, expect, it } from "vitest";
import { picturesOf } from "@/features/messages/pictures";
import { boxOf, shownFiles } from "@/features/messages/shown";
import { Previews } from "@/sync/previews";
import type { Attachment } from "@/sync/wire";
import { message } from "../builders";

function attachment(id: string, more: Partial<Attachment> = {}): Attachment {
  return {
    id,
    file_name: `${id}.png`,
    file_size: 1000,
    mime_type: "image/png",
    width: 800,
    height: 600,
    url: `/files/${id}`,
    thumbnail_url: `/small/${id}`,
    ...more,
  };
}

describe("the box of a picture", () => {
  it("has its form, and is no larger than it", () => {
    expect(boxOf(800, 600)).toEqual({ width: 320, height: 240 });
    expect(boxOf(600, 800)).toEqual({ width: 240, height: 320 });
    expect(boxOf(100, 80)).toEqual({ width: 100, height: 80 });
  });

  it("stays a box for very long, very wide and very small ones", () => {
    expect(boxOf(8000, 100)).toEqual({ width: 320, height: 128 });
    expect(boxOf(100, 8000)).toEqual({ width: 128, height: 320 });
    const { width, height } = boxOf(1, 1);
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(72);
  });

  it("is there where nobody knows the size", () => {
    expect(boxOf(null, null)).toEqual({ width: 240, height: 180 });
  });
});

describe("what is shown of a file", () => {
  it("is small; a GIF plays, unless it is large", () => {
    const gif = { mime_type: "image/gif" };
    const [png, playing, large] = shownFiles(
      [attachment("a"), attachment("b", gif), attachment("c", { ...gif, file_size: 9_000_000 })],
      new Previews(),
    );
    expect(png?.source).toBe("/small/a");
    expect(playing?.source).toBe("/files/b");
    expect(large?.source).toBe("/small/c");
  });

  it("is a card where a picture is too large to be shown", () => {
    const none = { thumbnail_url: null };
    const kinds = shownFiles(
      [
        attachment("huge", { ...none, width: 20_000, height: 20_000 }),
        attachment("unknown", { ...none, width: null, height: null }),
        attachment("plain", none),
      ],
      new Previews(),
    ).map(({ kind }) => kind);
    expect(kinds).toEqual(["file", "file", "picture"]);
  });

  it("is one's own copy where there is one: nothing blinks", () => {
    const previews = new Previews();
    previews.add("local", new Blob(["x"]));
    const own = previews.urlOf("local");
    previews.rename("local", "a");
    expect(shownFiles([attachment("a")], previews)[0]?.source).toBe(own);
    expect(previews.urlOf("local")).toBeUndefined();
    previews.clear();
    expect(shownFiles([attachment("a")], previews)[0]?.source).toBe("/small/a");
  });
});

describe("the pictures of a conversation", () => {
  it("are those of all messages that were not recalled, in their order", () => {
    const messages = [
      message(1, 1, "ada", { attachments: [attachment("a"), attachment("b")] }),
      message(2, 2, "ada", {
        attachments: [attachment("c")],
        retracted_at: "2026-01-05T10:00:00Z",
      }),
      message(3, 3, "bob", {
        attachments: [attachment("d", { mime_type: "application/pdf" }), attachment("e")],
      }),
    ];
    const pictures = picturesOf(messages, new Previews());
    expect(pictures.map(({ id, message: { seq } }) => [id, seq])).toEqual([
      ["a", 1],
      ["b", 1],
      ["e", 3],
    ]);
  });
});
