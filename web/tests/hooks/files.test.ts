import type { TFunction } from "i18next";
import { describe, expect, it } from "vitest";
import { formatOf, kindOf, saidIn, sizeText } from "@/hooks/files";

/** The key with what is put into it. */
const t = ((key: string, values: object = {}) =>
  [key, ...Object.values(values)].join("|")) as unknown as TFunction;

const file = (file_name: string, mime_type: string) => ({ file_name, mime_type });
const said = (content: string, ...attachments: ReturnType<typeof file>[]) =>
  saidIn(t, { content, attachments });

describe("a message with files, in a line", () => {
  const photo = file("sea.jpg", "image/jpeg");
  const plan = file("plan.pdf", "application/pdf");

  it("says what they are", () => {
    expect(said("", photo)).toBe("files.picture");
    expect(said("", photo, photo)).toBe("files.pictures|2");
    expect(said("", photo, plan)).toBe("files.several|2");
    expect(said("", plan)).toBe("files.one|plan.pdf");
    expect(said("", file("a.mp4", "video/mp4"))).toBe("files.video");
    expect(said("", file("a.mp3", "audio/mpeg"))).toBe("files.audio");
  });

  it("and what is said about them", () => {
    expect(said("Look!", photo)).toBe("files.with|files.picture|Look!");
    expect(said("Only text")).toBe("Only text");
  });

  it("without the marks of Markdown", () => {
    expect(said("# Look!\n**This** is `it`.")).toBe("Look!\nThis is it.");
    expect(said("**Look!**", photo)).toBe("files.with|files.picture|Look!");
  });
});

describe("a file", () => {
  it("is a picture only where browsers show it as one", () => {
    expect(kindOf("image/webp")).toBe("picture");
    expect(kindOf("image/svg+xml")).toBe("file");
    expect(kindOf("image/tiff")).toBe("file");
    expect(kindOf("audio/ogg")).toBe("audio");
    expect(kindOf("")).toBe("file");
  });

  it("has a size that people read", () => {
    expect(sizeText(0, "en")).toBe("0 kB");
    expect(sizeText(1, "en")).toBe("0.1 kB");
    expect(sizeText(1234, "en")).toBe("1.2 kB");
    expect(sizeText(999_900, "en")).toBe("1 MB");
    expect(sizeText(104_857_600, "en")).toBe("105 MB");
    expect(sizeText(5_000_000_000, "en")).toBe("5 GB");
  });

  it("has a format: what its name ends with, else what its type says", () => {
    expect(formatOf("Report.v2.pdf", "application/pdf")).toBe("PDF");
    expect(formatOf("README", "text/plain")).toBe("PLAIN");
    expect(formatOf("blob", "application/octet-stream")).toBe("");
  });
});
