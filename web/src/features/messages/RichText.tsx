/** A message in Markdown; as it was written until the renderer is there. */
import { type ReactNode, useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { looksPlain } from "@/hooks/plain";
import { isTangled } from "@/hooks/tangled";
import { heavy, useHeavy } from "@/ui/markdown/heavy";
import type { Manner } from "@/ui/markdown/words";
import styles from "./MessageText.module.css";

export const renderer = heavy(() => import("@/ui/markdown/Markdown"));

interface RichTextProps {
  text: string;
  growing?: boolean;
  /** How plain text is shown: names and addresses marked. */
  children: (text: string) => ReactNode;
}

export function RichText({ text, growing = false, children }: RichTextProps) {
  const readable = useMemo(() => !isTangled(text), [text]);
  const wanted = readable && (growing || !looksPlain(text));
  const known = useHeavy(renderer, wanted);
  const manner = useManners(children);
  // While text arrives faster than it can be drawn, what can be pressed comes first.
  const shown = useDeferredValue(text);
  if (!known || !wanted) return <span className={styles.plain}>{children(text)}</span>;
  return <known.default text={growing ? shown : text} growing={growing} manner={manner} />;
}

function useManners(text: Manner["text"]): Manner {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      text,
      words: {
        copy: t("markdown.copy"),
        copied: t("app.copied"),
        code: t("markdown.code"),
        table: t("markdown.table"),
        diagram: t("markdown.diagram"),
        source: t("markdown.source"),
        broken: t("markdown.broken"),
      },
    }),
    [t, text],
  );
}
