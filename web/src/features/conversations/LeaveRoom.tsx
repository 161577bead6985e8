import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { LiveConversation } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import styles from "./Dialogs.module.css";

interface LeaveRoomProps {
  open: boolean;
  onClose: () => void;
  room: LiveConversation;
  onLeft: () => void;
}

export function LeaveRoom({ open, onClose, room, onLeft }: LeaveRoomProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const wish = useWish(async () => {
    await client.leave(room.id);
    onLeft();
  });
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("rooms.leaveTitle", { name: room.name ?? "" })}
      description={t(room.public ? "rooms.leavePublic" : "rooms.leavePrivate")}
      closeLabel={t("app.close")}
    >
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      <div className={styles.buttons}>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button look="danger" busy={wish.busy} onClick={() => void wish.run()}>
          {t("rooms.leave")}
        </Button>
      </div>
    </Dialog>
  );
}
