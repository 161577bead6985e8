/** The pictures of a conversation as far as it is loaded, in their order. Pure. */
import type { Previews } from "@/sync/previews";
import type { Message } from "@/sync/wire";
import { type ShownFile, shownFiles } from "./shown";

export interface HungPicture extends ShownFile {
  url: string;
  message: Message;
}

export function picturesOf(messages: Message[], previews: Previews): HungPicture[] {
  return messages
    .filter(({ retracted_at, attachments }) => !retracted_at && attachments.length > 0)
    .flatMap((message) =>
      shownFiles(message.attachments, previews)
        .filter(({ kind }) => kind === "picture")
        .map((file) => ({ ...file, url: file.url ?? "", message })),
    );
}
