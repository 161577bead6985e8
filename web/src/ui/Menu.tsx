import { Menu as Base } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import { Fragment, type ReactElement, type ReactNode, useRef } from "react";
import styles from "./Menu.module.css";

export interface MenuEntry {
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  /** One that is on or off. */
  checked?: boolean;
  /** A line before it. */
  apart?: boolean;
  /** It takes the focus elsewhere: the button that opened the menu does not get it back. */
  leaves?: boolean;
  onSelect: () => void;
}

interface MenuProps {
  /** The button that opens the menu. */
  trigger: ReactElement;
  entries: MenuEntry[];
  align?: "start" | "end";
  /** Where somebody else decides too whether it is open. */
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

export function Menu({ trigger, entries, align = "end", open, onOpenChange }: MenuProps) {
  const left = useRef(false);
  const change = (next: boolean) => {
    if (next) left.current = false;
    onOpenChange?.(next);
  };
  const select = (entry: MenuEntry) => {
    left.current = entry.leaves ?? false;
    entry.onSelect();
  };
  return (
    <Base.Root {...(open === undefined ? {} : { open })} onOpenChange={change}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={6} className={styles.place}>
          <Base.Popup className={styles.menu} finalFocus={() => !left.current}>
            {entries.map((entry) => (
              <Fragment key={entry.label}>
                {entry.apart && <Base.Separator className={styles.line} />}
                <Item entry={entry} onSelect={() => select(entry)} />
              </Fragment>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Item({ entry, onSelect }: { entry: MenuEntry; onSelect: () => void }) {
  const { label, icon, danger, checked } = entry;
  if (checked === undefined) {
    return (
      <Base.Item className={styles.item} data-danger={danger || undefined} onClick={onSelect}>
        {icon}
        {label}
      </Base.Item>
    );
  }
  return (
    <Base.CheckboxItem
      className={styles.item}
      checked={checked}
      onCheckedChange={onSelect}
      closeOnClick
    >
      {icon}
      <span className={styles.label}>{label}</span>
      {checked && <Check size={16} aria-hidden="true" />}
    </Base.CheckboxItem>
  );
}
