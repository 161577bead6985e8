/** Colours for code: the 37 usual languages. In a worker, loaded with the first code. */
import type { Element, RootContent as Leaf } from "hast";
import { common, createLowlight } from "lowlight";

export interface Token {
  text: string;
  /** What it is: keyword, string, comment … */
  kind: string | null;
}

const lowlight = createLowlight(common);

/** Null: a language that is not known here, or code that nests beyond measure. */
export function tokensOf(code: string, language: string): Token[] | null {
  if (!lowlight.registered(language)) return null;
  try {
    return lowlight.highlight(language, code).children.flatMap((node) => flat(node, null));
  } catch {
    return null;
  }
}

function flat(node: Leaf, kind: string | null): Token[] {
  if (node.type === "text") return [{ text: node.value, kind }];
  if (node.type !== "element") return [];
  const own = kindOf(node) ?? kind;
  return node.children.flatMap((child) => flat(child, own));
}

function kindOf({ properties }: Element): string | null {
  const [first] = Array.isArray(properties.className) ? properties.className : [];
  return typeof first === "string" ? first.replace(/^hljs-/u, "") : null;
}
