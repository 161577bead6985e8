/** What is asked before an account changes: its role, its end, a link for a new password. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import { full } from "@/i18n/times";
import type { Account, Reset, WorkspaceRole } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { CopyField } from "@/ui/CopyField";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { Options } from "@/ui/Options";
import styles from "./Admin.module.css";
import { NewAccount } from "./NewAccount";
import { rolesToGive } from "./standing";

export type Asked =
  | { what: "new" }
  | { what: "role" | "reset" | "deactivate" | "delete"; account: Account };

interface AccountDialogsProps {
  asked: Asked | null;
  ownRole: WorkspaceRole;
  onClose: () => void;
  onChanged: () => void;
}

export function AccountDialogs({ asked, ownRole, onClose, onChanged }: AccountDialogsProps) {
  const { t } = useTranslation();
  const client = useClient();
  if (!asked) return null;
  const shared = { open: true, onClose, closeLabel: t("app.close") };
  if (asked.what === "new") {
    return (
      <Dialog {...shared} title={t("admin.newAccount")}>
        <NewAccount ownRole={ownRole} onMade={onChanged} onDone={onClose} />
      </Dialog>
    );
  }
  const { account } = asked;
  const name = account.display_name;
  const changed = () => {
    onChanged();
    onClose();
  };
  switch (asked.what) {
    case "role":
      return (
        <Dialog {...shared} title={t("people.roleTitle", { name })}>
          <RoleForm account={account} ownRole={ownRole} onDone={changed} onClose={onClose} />
        </Dialog>
      );
    case "reset":
      return (
        <Dialog {...shared} title={t("admin.resetTitle", { name })}>
          <ResetLink account={account} />
        </Dialog>
      );
    case "deactivate":
      return (
        <Dialog
          {...shared}
          title={t("admin.deactivateTitle", { name })}
          description={t("admin.deactivateText")}
        >
          <Confirm
            label={t("admin.deactivate")}
            act={() => client.accounts.change(account.id, { is_active: false })}
            onDone={changed}
            onClose={onClose}
          />
        </Dialog>
      );
    case "delete":
      return (
        <Dialog
          {...shared}
          title={t("admin.deleteTitle", { name })}
          description={t("admin.deleteText")}
        >
          <Confirm
            label={t("admin.deleteSure")}
            act={() => client.accounts.remove(account.id)}
            onDone={changed}
            onClose={onClose}
          />
        </Dialog>
      );
  }
}

interface ConfirmProps {
  label: string;
  act: () => Promise<unknown>;
  onDone: () => void;
  onClose: () => void;
}

function Confirm({ label, act, onDone, onClose }: ConfirmProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const wish = useWish(async () => {
    await act();
    onDone();
  });
  return (
    <>
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      <div className={styles.buttons}>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button look="danger" busy={wish.busy} onClick={() => void wish.run()}>
          {label}
        </Button>
      </div>
    </>
  );
}

interface RoleFormProps {
  account: Account;
  ownRole: WorkspaceRole;
  onDone: () => void;
  onClose: () => void;
}

function RoleForm({ account, ownRole, onDone, onClose }: RoleFormProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [role, setRole] = useState(account.role);
  const wish = useWish(async () => {
    await client.accounts.change(account.id, { role });
    onDone();
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void wish.run();
      }}
    >
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      <Options
        label={t("people.roleTitle", { name: account.display_name })}
        value={role}
        onChange={setRole}
        options={rolesToGive(ownRole).map((value) => ({
          value,
          label: t(`admin.roles.${value}`),
          hint: t(`admin.may.${value}`),
        }))}
      />
      <div className={styles.buttons}>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button type="submit" look="primary" busy={wish.busy} disabled={role === account.role}>
          {t("people.giveRole")}
        </Button>
      </div>
    </form>
  );
}

function ResetLink({ account }: { account: Account }) {
  const { t, i18n } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [made, setMade] = useState<Reset | null>(null);
  const wish = useWish(async () => setMade(await client.accounts.makeReset(account.id)));
  if (made) {
    return (
      <div className={styles.form}>
        <p className={styles.hint}>
          {t("admin.resetText", { time: full(made.expires_at, i18n.language) })}
        </p>
        <CopyField
          label={t("admin.link")}
          value={made.url}
          copy={t("app.copy")}
          copied={t("app.copied")}
        />
      </div>
    );
  }
  return (
    <div className={styles.form}>
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      <p className={styles.hint}>{t("admin.resetAsk")}</p>
      <Button look="primary" wide busy={wish.busy} onClick={() => void wish.run()}>
        {t("admin.makeLink")}
      </Button>
    </div>
  );
}
