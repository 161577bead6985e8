/** Files in the reader's words: what they are, how large, and what a message with them says. */
import type { TFunction } from "i18next";
import type { Attachment, Message } from "@/sync/wire";
import { plainText } from "./plain";

export type FileKind = "picture" | "video" | "audio" | "file";

/** What browsers show; the server says so by its type, not by its name. */
export function kindOf(type: string): FileKind {
  if (/^image\/(png|jpeg|gif|webp|avif)$/u.test(type)) return "picture";
  if (/^video\/(mp4|webm|ogg)$/u.test(type)) return "video";
  if (/^audio\/(aac|flac|mp4|mpeg|ogg|wav)$/u.test(type)) return "audio";
  return "file";
}

const UNITS = ["kilobyte", "megabyte", "gigabyte"] as const;

/** "740 kB", "1.2 MB" */
export function sizeText(bytes: number, language: string): string {
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = value < 9.95 ? 1 : 0;
  const rounded = bytes === 0 ? 0 : Math.max(0.1, value);
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: UNITS[unit] ?? "kilobyte",
    maximumFractionDigits: digits,
  }).format(rounded);
}

/** "PDF": what its name ends with, or what its type says. */
export function formatOf(name: string, type: string): string {
  const ending = /\.([\p{L}\p{N}]{1,8})$/u.exec(name)?.[1];
  const fallback = type.split("/")[1]?.replace(/^(x-|vnd\.)/u, "") ?? "";
  return (
    ending ?? (type === "application/octet-stream" ? "" : fallback.slice(0, 8))
  ).toUpperCase();
}

type Named = Pick<Attachment, "file_name" | "mime_type">;

/** "Photo", "3 photos", "File: plan.pdf": what a message's files are, in a word. */
export function whatOf(t: TFunction, files: Named[]): string {
  const [first] = files;
  if (!first) return "";
  const kinds = new Set(files.map((file) => kindOf(file.mime_type)));
  const count = files.length;
  const isPictures = kinds.size === 1 && kinds.has("picture");
  if (count > 1) return t(isPictures ? "files.pictures" : "files.several", { count });
  if (isPictures) return t("files.picture");
  if (kinds.has("video")) return t("files.video");
  if (kinds.has("audio")) return t("files.audio");
  return t("files.one", { name: first.file_name });
}

/** A message as one reads it where there is no room for its files, nor for what Markdown makes. */
export function saidIn(
  t: TFunction,
  message: Pick<Message, "content"> & { attachments: Named[] },
): string {
  const what = whatOf(t, message.attachments);
  const text = plainText(message.content);
  if (!what) return text;
  return text ? t("files.with", { what, text }) : what;
}
