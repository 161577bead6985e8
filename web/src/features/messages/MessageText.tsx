import { memo, useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import type { User } from "@/sync/wire";
import styles from "./MessageText.module.css";
import { RichText } from "./RichText";
import { ALL, fold, type Names, type Piece, piecesOf } from "./text";

interface MessageTextProps {
  text: string;
  mentions?: string[];
  all?: boolean;
  /** More of it is coming. */
  growing?: boolean;
}

/** A message: Markdown, line breaks kept, addresses as links, those named marked. */
export const MessageText = memo(function MessageText(props: MessageTextProps) {
  const { text, mentions = [], all = false, growing } = props;
  const users = useWorld((world) => (mentions.length > 0 ? world.users : NOBODY));
  const names = useMemo(() => namesOf(users, mentions, all), [users, mentions, all]);
  const plain = useCallback(
    (part: string) =>
      piecesOf(part, names).map((piece, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never move
        piece.href || piece.mention ? <Marked key={index} piece={piece} /> : piece.text,
      ),
    [names],
  );
  return (
    <RichText text={text} growing={growing ?? false}>
      {plain}
    </RichText>
  );
});

function Marked({ piece }: { piece: Piece }) {
  const { t } = useTranslation();
  const { text, href, mention } = piece;
  const user = useWorld((world) => (mention ? world.users[mention] : undefined));
  const own = useWorld((world) => mention === ALL || mention === world.me?.id);
  if (href) {
    return (
      <a href={href} target="_blank" rel="noreferrer noopener nofollow">
        {text}
      </a>
    );
  }
  return (
    <span className={styles.mention} data-own={own || undefined} title={text}>
      @{mention === ALL ? t("messages.everyone") : (user?.display_name ?? text.slice(1))}
    </span>
  );
}

const NOBODY: Record<string, User> = {};

function namesOf(users: Record<string, User>, mentions: string[], all: boolean): Names {
  const names = new Map<string, string>();
  for (const id of mentions) {
    const username = users[id]?.username;
    if (username) names.set(fold(username), id);
  }
  if (all) names.set(ALL, ALL);
  return names;
}
