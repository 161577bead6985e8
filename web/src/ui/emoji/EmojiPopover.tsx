import { Popover } from "@base-ui/react/popover";
import { lazy, type ReactElement, Suspense, useState } from "react";
import type { EmojiWords } from "./EmojiPicker";
import styles from "./EmojiPopover.module.css";

/** The picker and its data come when somebody first wants one. */
export const EmojiPicker = lazy(() => import("./EmojiPicker"));

interface EmojiPopoverProps {
  /** The button that opens it. */
  trigger: ReactElement;
  words: EmojiWords;
  language: string;
  onPick: (emoji: string) => void;
  onOpenChange?: (open: boolean) => void;
}

export function EmojiPopover(props: EmojiPopoverProps) {
  const { trigger, words, language, onPick, onOpenChange } = props;
  const [open, setOpen] = useState(false);
  const change = (next: boolean) => {
    setOpen(next);
    onOpenChange?.(next);
  };
  return (
    <Popover.Root open={open} onOpenChange={change}>
      <Popover.Trigger render={trigger} />
      <Popover.Portal>
        <Popover.Positioner side="top" align="end" sideOffset={8} className={styles.place}>
          <Popover.Popup className={styles.popup} aria-label={words.title}>
            <Suspense fallback={<div className={styles.waiting} />}>
              <EmojiPicker
                words={words}
                language={language}
                onPick={(emoji) => {
                  change(false);
                  onPick(emoji);
                }}
              />
            </Suspense>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
