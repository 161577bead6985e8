/** What the rows of a history share: the conversation, and what can be begun from a message. */
import { createContext, useContext } from "react";
import type { ConversationState } from "@/sync/state";
import type { Message } from "@/sync/wire";

export type MessageView = "sheet" | "readers" | "reactions" | "recall";

export interface Tools {
  conversation: ConversationState;
  reply: (message: Message) => void;
  edit: (message: Message) => void;
  /** Puts a recalled text back to where one writes. */
  rewrite: (text: string) => void;
  react: (message: Message, emoji: string, on: boolean) => void;
  recall: (message: Message) => void;
  /** Shows another version of a question or an answer; kept under the newest. */
  choose: (head: string, messageId: string) => void;
  /** Stops a reply, writes it on, asks for another one. */
  stop: (message: Message) => void;
  goOn: (message: Message) => void;
  again: (message: Message) => void;
  /** Opens a dialog about a message. */
  show: (view: MessageView, message: Message) => void;
  jump: (seq: number) => void;
  /** Shows a picture large, by the id of its attachment. */
  look: (pictureId: string) => void;
}

export const ToolsContext = createContext<Tools | null>(null);

export function useTools(): Tools {
  const tools = useContext(ToolsContext);
  if (!tools) throw new Error("No history above this component.");
  return tools;
}

/** Offered without opening the picker. */
export const QUICK = ["👍", "❤️", "😂", "🎉", "😮", "🙏"] as const;
