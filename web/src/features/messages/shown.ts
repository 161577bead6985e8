/** Files as a history shows them: those the server has, and those on their way to it. Pure. */
import { type FileKind, kindOf } from "@/hooks/files";
import type { Previews } from "@/sync/previews";
import type { Pending } from "@/sync/state";
import type { Attachment } from "@/sync/wire";

export interface ShownFile {
  id: string;
  kind: FileKind;
  name: string;
  size: number;
  type: string;
  width: number | null;
  height: number | null;
  /** What is shown in the history, and where it leads; undefined while nobody has it. */
  source: string | undefined;
  url: string | undefined;
  /** Not there yet: bytes that have gone. */
  sent: number | null;
}

/** Up to this size a GIF plays in the history; a larger one when it is opened. */
const PLAYED = 8_000_000;

/** Pixels: a larger picture without a small form is not shown, but saved. */
const HUGE = 32_000_000;

function isHuge({ thumbnail_url, width, height }: Attachment): boolean {
  return thumbnail_url === null && (width === null || height === null || width * height > HUGE);
}

export function shownFiles(attachments: Attachment[], previews: Previews): ShownFile[] {
  return attachments.map((file) => {
    const plays = file.mime_type === "image/gif" && file.file_size <= PLAYED;
    const small = plays ? file.url : (file.thumbnail_url ?? file.url);
    return {
      id: file.id,
      kind: isHuge(file) && kindOf(file.mime_type) === "picture" ? "file" : kindOf(file.mime_type),
      name: file.file_name,
      size: file.file_size,
      type: file.mime_type,
      width: file.width,
      height: file.height,
      source: previews.urlOf(file.id) ?? small,
      url: file.url,
      sent: null,
    };
  });
}

export function pendingFiles(item: Pending, previews: Previews): ShownFile[] {
  return (item.files ?? []).map((file) => {
    const local = previews.urlOf(file.attachment?.id ?? file.id);
    return {
      id: file.id,
      kind: kindOf(file.type),
      name: file.name,
      size: file.size,
      type: file.type,
      width: file.width,
      height: file.height,
      source: local,
      url: local,
      sent: file.sent,
    };
  });
}

/** Pixels: the longest side of a picture in the history, the shortest side of its box. */
const LONGEST = 320;
const SHORTEST = 72;
/** How much longer than wide, or wider than long, a box may be: the rest is cut off. */
const SLIM = 2.5;

/** The box in which a picture is shown, known before it is there. */
export function boxOf(width: number | null, height: number | null) {
  if (!width || !height) return { width: 240, height: 180 };
  const ratio = Math.min(SLIM, Math.max(1 / SLIM, width / height));
  const side = Math.min(LONGEST, Math.max(width, height));
  const wide = ratio >= 1 ? side : side * ratio;
  const grown = Math.max(1, SHORTEST / Math.min(wide, wide / ratio));
  return { width: Math.round(wide * grown), height: Math.round((wide * grown) / ratio) };
}
