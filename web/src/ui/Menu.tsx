import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import styles from "./Menu.module.css";

export interface MenuEntry {
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  onSelect: () => void;
}

interface MenuProps {
  /** The button that opens the menu. */
  trigger: ReactElement;
  entries: MenuEntry[];
  align?: "start" | "end";
}

export function Menu({ trigger, entries, align = "end" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={6} className={styles.place}>
          <Base.Popup className={styles.menu}>
            {entries.map((entry) => (
              <Base.Item
                key={entry.label}
                className={styles.item}
                data-danger={entry.danger || undefined}
                onClick={entry.onSelect}
              >
                {entry.icon}
                {entry.label}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
