import { Check, Copy } from "lucide-react";
import { memo, useEffect, useState } from "react";
import { colours } from "./colours";
import { Diagram } from "./Diagram";
import type { Token } from "./highlighter";
import styles from "./Markdown.module.css";
import { useCopied } from "./useCopied";
import { useManner } from "./words";

/** Characters above which colours would cost more than they help. */
const LONGEST = 30_000;

interface CodeBlockProps {
  code: string;
  language: string;
  open: boolean;
}

/** Code with its language, a way to copy it, and colours as soon as these are loaded. */
export const CodeBlock = memo(function CodeBlock({ code, language, open }: CodeBlockProps) {
  if (language === "mermaid" && !open) return <Diagram source={code} />;
  return <Source code={code} language={language} />;
});

export function Source({ code, language }: { code: string; language: string }) {
  const { words } = useManner();
  return (
    <div className={styles.block}>
      <div className={styles.bar}>
        <span className={styles.language}>{language || words.code}</span>
        <CopyButton text={code} />
      </div>
      {/* biome-ignore-start lint/a11y: what scrolls must be reachable by keyboard, and be named */}
      <pre dir="ltr" tabIndex={0} role="group" aria-label={language || words.code}>
        <code>
          <Colours code={code} language={language.toLowerCase()} />
        </code>
      </pre>
      {/* biome-ignore-end lint/a11y: above */}
    </div>
  );
}

function Colours({ code, language }: { code: string; language: string }) {
  const tokens = useTokens(code, language);
  if (!tokens) return code;
  return tokens.map(({ text, kind }, index) =>
    kind ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: tokens of one text
      <span key={index} data-token={kind}>
        {text}
      </span>
    ) : (
      text
    ),
  );
}

/** Where the code has grown, its beginning keeps its colours until those of the whole are there. */
function useTokens(code: string, language: string): Token[] | null {
  const [known, setKnown] = useState<{ of: string; code: string; tokens: Token[] } | null>(null);
  useEffect(() => {
    if (language === "" || code.length > LONGEST) return;
    let wanted = true;
    void colours
      .of({ code, language }, () => wanted)
      .then((tokens) => tokens && setKnown({ of: language, code, tokens }));
    return () => {
      wanted = false;
    };
  }, [code, language]);
  if (known?.of !== language || !code.startsWith(known.code)) return null;
  const rest = code.slice(known.code.length);
  return rest === "" ? known.tokens : [...known.tokens, { text: rest, kind: null }];
}

function CopyButton({ text }: { text: string }) {
  const { words } = useManner();
  const [copied, copy] = useCopied();
  // Only pages on TLS or localhost may write to the clipboard.
  if (!navigator.clipboard) return null;
  return (
    <button type="button" className={styles.copy} onClick={() => copy(text)}>
      {copied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
      {copied ? words.copied : words.copy}
    </button>
  );
}
