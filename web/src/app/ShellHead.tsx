import {
  Compass,
  MessageCirclePlus,
  ShieldCheck,
  Sparkles,
  SquarePen,
  UsersRound,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useWorld } from "@/hooks/client";
import type { Me } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/Button";
import { Mark } from "@/ui/Mark";
import { Menu } from "@/ui/Menu";
import styles from "./ShellHead.module.css";

export function isAdmin(role: Me["role"]): boolean {
  return role === "owner" || role === "admin";
}

interface ShellHeadProps {
  onNewRoom: () => void;
  onNewDirect: () => void;
}

/** Above the list: the name, what can be begun, and oneself. */
export function ShellHead({ onNewRoom, onNewDirect }: ShellHeadProps) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const me = useWorld((world) => world.me);
  if (!me) return null;
  return (
    <header className={styles.head}>
      <p className={styles.brand}>
        <Mark />
        {t("app.name")}
      </p>
      {isAdmin(me.role) && (
        <IconButton label={t("admin.title")} onClick={() => navigate("/admin")}>
          <ShieldCheck size={20} aria-hidden="true" />
        </IconButton>
      )}
      <IconButton label={t("list.discover")} onClick={() => navigate("/discover")}>
        <Compass size={20} aria-hidden="true" />
      </IconButton>
      <Menu
        trigger={
          <IconButton label={t("list.new")}>
            <SquarePen size={20} aria-hidden="true" />
          </IconButton>
        }
        entries={[
          {
            label: t("assistants.ask"),
            icon: <Sparkles size={18} />,
            leaves: true,
            onSelect: () => navigate("/new"),
          },
          {
            label: t("list.newDirect"),
            icon: <MessageCirclePlus size={18} />,
            onSelect: onNewDirect,
          },
          { label: t("list.newRoom"), icon: <UsersRound size={18} />, onSelect: onNewRoom },
        ]}
      />
      <button
        type="button"
        className={styles.me}
        aria-label={`${t("list.settings")}: ${me.display_name}`}
        title={t("list.settings")}
        onClick={() => navigate("/settings")}
      >
        <Avatar name={me.display_name} hueKey={me.id} image={me.avatar_url} size="s" />
      </button>
    </header>
  );
}
