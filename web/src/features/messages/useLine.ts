/** Which versions of questions and answers a reader looks at. */
import { useCallback, useMemo, useState } from "react";
import type { ConversationState, Stretch } from "@/sync/state";
import { isAskedAgain } from "./rights";
import { type Chosen, lineOf } from "./versions";

export function useLine(conversation: ConversationState, { messages }: Stretch) {
  const [chosen, setChosen] = useState<Chosen>({});
  const alone = isAskedAgain(conversation);
  const line = useMemo(() => lineOf(messages, chosen, alone), [messages, chosen, alone]);
  const choose = useCallback(
    (head: string, messageId: string) => setChosen((old) => ({ ...old, [head]: messageId })),
    [],
  );
  return { line, choose };
}
