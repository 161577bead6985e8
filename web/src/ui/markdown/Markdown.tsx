/**
 * Markdown as React elements, built from its syntax tree: raw HTML is text, addresses are http,
 * https and mail alone, pictures of other hosts are links. A chunk of its own.
 */
import { memo, useMemo, useRef } from "react";
import { type Block, definitionsOf, grow, NOTHING, read } from "./blocks";
import { Content } from "./Content";
import { DefinitionsContext } from "./definitions";
import styles from "./Markdown.module.css";
import { type Manner, MannerContext } from "./words";

interface MarkdownProps {
  text: string;
  manner: Manner;
  /** More is coming: only the end is read again, and what is open there counts as closed. */
  growing: boolean;
}

export default function Markdown({ text, manner, growing }: MarkdownProps) {
  const before = useRef(NOTHING);
  const { blocks } = useMemo(() => {
    before.current = growing ? grow(before.current, text) : read(text);
    return before.current;
  }, [text, growing]);
  const definitions = useMemo(() => definitionsOf(blocks), [blocks]);
  return (
    <MannerContext value={manner}>
      <DefinitionsContext value={definitions}>
        <div className={styles.markdown}>
          {blocks.map((block, index) => (
            <Outermost
              // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only added at the end
              key={index}
              block={block}
              open={growing && index === blocks.length - 1}
            />
          ))}
        </div>
      </DefinitionsContext>
    </MannerContext>
  );
}

const Outermost = memo(function Outermost({ block, open }: { block: Block; open: boolean }) {
  return <Content node={block.node} open={open} />;
});
