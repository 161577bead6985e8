/** Which versions of questions and answers a reader looks at. */
import { useCallback, useMemo, useState } from "react";
import type { ConversationState, Stretch } from "@/sync/state";
import { isAskedAgain } from "./rights";
import { type Chosen, chosenFor, lineOf } from "./versions";

/** `target`: the message of the address, which is shown even where another one took its place. */
export function useLine(
  conversation: ConversationState,
  { messages }: Stretch,
  target: number | null,
) {
  const [chosen, setChosen] = useState<Chosen>({});
  const [led, setLed] = useState<number | null>(null);
  if (target !== led) {
    setLed(target);
    if (target !== null) setChosen((old) => ({ ...old, ...chosenFor(messages, target) }));
  }
  const alone = isAskedAgain(conversation);
  const line = useMemo(() => lineOf(messages, chosen, alone), [messages, chosen, alone]);
  const choose = useCallback(
    (head: string, messageId: string) => setChosen((old) => ({ ...old, [head]: messageId })),
    [],
  );
  return { line, choose };
}
