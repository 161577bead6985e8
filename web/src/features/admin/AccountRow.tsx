import { Ellipsis, KeyRound, ShieldCheck, Trash2, UserCheck, UserX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import { ago } from "@/i18n/times";
import type { Account, Me } from "@/sync/wire";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/Button";
import { Menu } from "@/ui/Menu";
import type { Asked } from "./AccountDialogs";
import styles from "./Admin.module.css";
import { mayManage } from "./standing";

interface AccountRowProps {
  account: Account;
  me: Me;
  onAsk: (asked: Asked) => void;
  onActivate: () => void;
}

export function AccountRow({ account, me, onAsk, onActivate }: AccountRowProps) {
  const { t, i18n } = useTranslation();
  const { display_name: name, username, role, is_active, last_seen_at } = account;
  const online = useWorld((world) => world.users[account.id]?.online) ?? account.online;
  const seen = online
    ? t("people.online")
    : last_seen_at
      ? t("admin.lastSeen", { time: ago(last_seen_at, i18n.language) })
      : t("admin.never");
  return (
    <li className={styles.person} data-inactive={!is_active || undefined}>
      <Avatar
        name={name}
        hueKey={account.id}
        image={account.avatar_url}
        online={online}
        onlineLabel={t("people.online")}
      />
      <p className={styles.about}>
        <strong>
          {name}
          {account.id === me.id && <span className={styles.own}> ({t("admin.you")})</span>}
        </strong>
        <small>
          {username && `@${username} · `}
          {seen}
        </small>
      </p>
      <span className={styles.tags}>
        {!is_active && <span className={styles.inactive}>{t("admin.inactive")}</span>}
        {role !== "member" && <span className={styles.role}>{t(`admin.roles.${role}`)}</span>}
      </span>
      {mayManage(me.role, me.id, account) && (
        <Menu
          trigger={
            <IconButton label={t("admin.manage", { name })}>
              <Ellipsis size={18} aria-hidden="true" />
            </IconButton>
          }
          entries={[
            {
              label: t("admin.changeRole"),
              icon: <ShieldCheck size={18} />,
              leaves: true,
              onSelect: () => onAsk({ what: "role", account }),
            },
            ...(is_active
              ? [
                  {
                    label: t("admin.resetLink"),
                    icon: <KeyRound size={18} />,
                    leaves: true,
                    onSelect: () => onAsk({ what: "reset", account }),
                  },
                  {
                    label: t("admin.deactivate"),
                    icon: <UserX size={18} />,
                    apart: true,
                    danger: true,
                    leaves: true,
                    onSelect: () => onAsk({ what: "deactivate", account }),
                  },
                ]
              : [
                  {
                    label: t("admin.reactivate"),
                    icon: <UserCheck size={18} />,
                    onSelect: onActivate,
                  },
                ]),
            {
              label: t("app.delete"),
              icon: <Trash2 size={18} />,
              danger: true,
              leaves: true,
              onSelect: () => onAsk({ what: "delete", account }),
            },
          ]}
        />
      )}
    </li>
  );
}
