/** One node of Markdown, and what is in it. */

import type { Link, List, ListItem, Paragraph, RootContent, Table } from "mdast";
import type { InlineMath } from "mdast-util-math";
import { createElement, type ReactNode, useContext } from "react";
import { addressOf } from "./address";
import { CodeBlock } from "./CodeBlock";
import { DefinitionsContext } from "./definitions";
import { Formula } from "./Formula";
import styles from "./Markdown.module.css";
import { useManner } from "./words";

interface ContentProps {
  node: RootContent;
  /** Text may still be added to it. */
  open?: boolean;
}

export function Content({ node, open = false }: ContentProps): ReactNode {
  switch (node.type) {
    case "text":
      return <Text value={node.value} />;
    case "html":
      return node.value;
    case "paragraph":
      return <Words node={node} />;
    case "heading":
      // The page has its own first two levels.
      return createElement(
        `h${Math.min(node.depth + 2, 6)}`,
        { "data-depth": node.depth },
        <Children nodes={node.children} />,
      );
    case "emphasis":
      return <em>{<Children nodes={node.children} />}</em>;
    case "strong":
      return <strong>{<Children nodes={node.children} />}</strong>;
    case "delete":
      return <del>{<Children nodes={node.children} />}</del>;
    case "inlineCode":
      return <code className={styles.code}>{node.value}</code>;
    case "break":
      return <br />;
    case "thematicBreak":
      return <hr />;
    case "blockquote":
      return (
        <blockquote>
          <Children nodes={node.children} open={open} />
        </blockquote>
      );
    case "list":
      return <Items node={node} open={open} />;
    case "listItem":
      return <Item node={node} open={open} />;
    case "code":
      return <CodeBlock code={node.value} language={node.lang ?? ""} open={open} />;
    case "math":
      return <Formula source={node.value} display open={open} />;
    case "inlineMath":
      return <Formula source={node.value} />;
    case "table":
      return <Rows node={node} />;
    case "link":
      // A bare address ends where the manner of plain text sees its end: before a Chinese comma.
      return isBare(node) ? (
        <Text value={(node.children[0] as { value: string }).value} />
      ) : (
        <Anchor url={node.url}>
          <Children nodes={node.children} />
        </Anchor>
      );
    case "linkReference":
      return (
        <Reference id={node.identifier}>
          <Children nodes={node.children} />
        </Reference>
      );
    case "image":
      return <Anchor url={node.url}>{node.alt || node.url}</Anchor>;
    case "imageReference":
      return <Reference id={node.identifier}>{node.alt || node.label}</Reference>;
    default:
      return null;
  }
}

function Children({ nodes, open = false }: { nodes: RootContent[]; open?: boolean }): ReactNode {
  return nodes.map((node, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: nodes are only added at the end
    <Content key={index} node={node} open={open && index === nodes.length - 1} />
  ));
}

function Text({ value }: { value: string }): ReactNode {
  return useManner().text(value);
}

/** A paragraph; a formula alone in it stands apart. */
function Words({ node }: { node: Paragraph }) {
  const [only, ...more] = node.children;
  if (only?.type === "inlineMath" && more.length === 0) {
    return <Formula source={only.value} display />;
  }
  return <p>{<Children nodes={node.children.map(asProse)} />}</p>;
}

/** Two prices in a sentence are no formula: `$5 and $10`. */
function asProse(node: RootContent): RootContent {
  if (node.type !== "inlineMath" || !isPrice(node)) return node;
  return { type: "text", value: `$${node.value}$` };
}

function isPrice({ value, position }: InlineMath): boolean {
  const length = (position?.end.offset ?? 0) - (position?.start.offset ?? 0);
  const isSingle = length <= value.length + 2;
  return isSingle && (/^\s|\s$/u.test(value) || /^[\d.,]+\s/u.test(value));
}

function Items({ node, open }: { node: List; open: boolean }) {
  const items = <Children nodes={node.children} open={open} />;
  const isTasks = node.children.some(({ checked }) => typeof checked === "boolean");
  if (node.ordered) return <ol start={node.start ?? 1}>{items}</ol>;
  return <ul data-tasks={isTasks || undefined}>{items}</ul>;
}

function Item({ node, open }: { node: ListItem; open: boolean }) {
  return (
    <li>
      {typeof node.checked === "boolean" && (
        <span className={styles.box} role="img" aria-label={node.checked ? "✓" : "☐"}>
          {node.checked ? "✓" : ""}
        </span>
      )}
      <Children nodes={node.children} open={open} />
    </li>
  );
}

function Rows({ node }: { node: Table }) {
  const { words } = useManner();
  const [head, ...rows] = node.children;
  return (
    // biome-ignore lint/a11y: what scrolls must be reachable by keyboard, and be named
    <div className={styles.table} role="group" aria-label={words.table} tabIndex={0}>
      <table>
        <thead>{head && <tr>{cellsOf(node, head.children, "th")}</tr>}</thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end
            <tr key={index}>{cellsOf(node, row.children, "td")}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function cellsOf(table: Table, cells: Table["children"][number]["children"], tag: "th" | "td") {
  return cells.map((cell, index) =>
    createElement(
      tag,
      { key: index, style: { textAlign: table.align?.[index] ?? undefined } },
      <Children nodes={cell.children} />,
    ),
  );
}

function isBare({ url, children }: Link): boolean {
  const [only, ...more] = children;
  return only?.type === "text" && more.length === 0 && only.value === url;
}

function Reference({ id, children }: { id: string; children: ReactNode }) {
  const url = useContext(DefinitionsContext).get(id)?.url ?? "";
  return <Anchor url={url}>{children}</Anchor>;
}

function Anchor({ url, children }: { url: string; children: ReactNode }) {
  const href = addressOf(url);
  if (!href) return children;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener nofollow">
      {children}
    </a>
  );
}
