import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { IconButton } from "./Button";
import styles from "./Dialog.module.css";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: string | undefined;
  closeLabel: string;
  /** Where the focus goes afterwards; false: where somebody else has put it. */
  finalFocus?: () => boolean;
  children: ReactNode;
}

/**
 * A modal sheet: keeps the focus inside, closes on Escape, gives the focus back. It begins in its
 * first field, but not by touch: the keyboard would cover what one has not read yet.
 */
export function Dialog(props: DialogProps) {
  const { open, onClose, title, description, closeLabel, finalFocus, children } = props;
  const sheet = useRef<HTMLDivElement>(null);
  const firstField = (way: string) =>
    way === "touch" || (sheet.current?.querySelector<HTMLElement>("input, textarea") ?? true);
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={styles.veil} />
        <Base.Popup
          ref={sheet}
          className={styles.sheet}
          initialFocus={firstField}
          finalFocus={finalFocus ?? true}
        >
          <header className={styles.head}>
            <Base.Title className={styles.title}>{title}</Base.Title>
            <Base.Close render={<IconButton label={closeLabel} />}>
              <X size={20} aria-hidden="true" />
            </Base.Close>
          </header>
          {description && (
            <Base.Description className={styles.description}>{description}</Base.Description>
          )}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The last row of a long form: its button stays in sight while the fields scroll. */
export function DialogFoot({ children }: { children: ReactNode }) {
  return <div className={styles.foot}>{children}</div>;
}
