/** What is asked before somebody is removed from a room or stands differently in it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { Member } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { Options } from "@/ui/Options";
import styles from "./MemberDialogs.module.css";
import { type Role, rolesToGive } from "./rank";

interface MemberDialogProps {
  open: boolean;
  onClose: () => void;
  conversationId: string;
  member: Member;
}

export function RemoveMember({ open, onClose, conversationId, member }: MemberDialogProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const wish = useWish(async () => {
    await client.api.removeMember(conversationId, member.user.id);
    onClose();
  });
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("people.removeTitle", { name: member.user.display_name })}
      description={t("people.removeText")}
      closeLabel={t("app.close")}
    >
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      <div className={styles.buttons}>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button look="danger" busy={wish.busy} onClick={() => void wish.run()}>
          {t("people.removeFrom")}
        </Button>
      </div>
    </Dialog>
  );
}

export function ChangeRole(props: MemberDialogProps & { ownRole: Role }) {
  const { open, onClose, member } = props;
  const { t } = useTranslation();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("people.roleTitle", { name: member.user.display_name })}
      closeLabel={t("app.close")}
    >
      <RoleForm {...props} />
    </Dialog>
  );
}

function RoleForm(props: MemberDialogProps & { ownRole: Role }) {
  const { onClose, conversationId, member, ownRole } = props;
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [role, setRole] = useState<Role>(member.role);
  const { display_name: name } = member.user;
  const wish = useWish(async () => {
    await client.api.changeRole(conversationId, member.user.id, role);
    onClose();
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
        label={t("people.roleTitle", { name })}
        value={role}
        onChange={setRole}
        options={rolesToGive(ownRole, member.role).map((value) => ({
          value,
          label: t(`people.role.${value}`),
          hint: t(`people.may.${value}`),
        }))}
      />
      {role === "owner" && <Notice tone="calm">{t("people.handOverText", { name })}</Notice>}
      <div className={styles.buttons}>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button
          type="submit"
          look={role === "owner" ? "danger" : "primary"}
          busy={wish.busy}
          disabled={role === member.role}
        >
          {t(role === "owner" ? "people.handOver" : "people.giveRole")}
        </Button>
      </div>
    </form>
  );
}
