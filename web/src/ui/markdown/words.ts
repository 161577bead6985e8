/** What the parts of Markdown say, in the reader's language, and how plain text is shown. */
import { createContext, type ReactNode, useContext } from "react";

export interface MarkdownWords {
  copy: string;
  copied: string;
  code: string;
  table: string;
  diagram: string;
  source: string;
  broken: string;
}

export interface Manner {
  words: MarkdownWords;
  /** Plain text within a message: names and addresses are marked by whoever knows them. */
  text: (text: string) => ReactNode;
}

export const MannerContext = createContext<Manner | null>(null);

export function useManner(): Manner {
  const manner = useContext(MannerContext);
  if (!manner) throw new Error("No Markdown above this component.");
  return manner;
}
