import { memo } from "react";
import { piecesOf } from "./text";

/** A message as it was written: line breaks kept, web addresses as links, nothing interpreted. */
export const MessageText = memo(function MessageText({ text }: { text: string }) {
  return piecesOf(text).map((piece, index) =>
    piece.href ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
      <a key={index} href={piece.href} target="_blank" rel="noreferrer noopener nofollow">
        {piece.text}
      </a>
    ) : (
      piece.text
    ),
  );
});
