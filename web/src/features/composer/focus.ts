/** Where the caret stands, and when the field asks for the keyboard. */
import { useEffect } from "react";
import { flushSync } from "react-dom";

/**
 * Changes the text by what `change` does and sets the caret, all at once: a frame later it would
 * jump back before what was typed meanwhile.
 */
export function put(field: HTMLTextAreaElement | null, change: () => void, caret: number): void {
  flushSync(change);
  field?.focus();
  field?.setSelectionRange(caret, caret);
}

/**
 * With a mouse one wants to write at once; on a phone the keyboard would cover what one reads.
 * Whoever answers or edits something wants to write in any case, behind what stands there.
 */
export function useFocus(
  field: React.RefObject<HTMLTextAreaElement | null>,
  about: string | undefined,
) {
  useEffect(() => {
    const element = field.current;
    if (!element || !(about || window.matchMedia("(hover: hover)").matches)) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
  }, [field, about]);
}
