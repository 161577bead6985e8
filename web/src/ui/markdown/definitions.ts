/** Where links that name their address elsewhere find it. */
import type { Definition } from "mdast";
import { createContext } from "react";

export const DefinitionsContext = createContext<ReadonlyMap<string, Definition>>(new Map());
