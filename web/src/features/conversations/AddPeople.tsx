import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { User } from "@/sync/wire";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { PeopleSearch } from "./PeopleSearch";

interface AddPeopleProps {
  open: boolean;
  onClose: () => void;
  conversationId: string;
  name: string;
  memberIds: string[];
}

export function AddPeople({ open, onClose, conversationId, name, memberIds }: AddPeopleProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [added, setAdded] = useState<User[]>([]);
  const wish = useWish(async (user: User) => {
    await client.api.addMember(conversationId, user.id);
    setAdded((old) => [...old, user]);
  });
  const last = added.at(-1);
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("people.addTitle", { name })}
      closeLabel={t("app.close")}
    >
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      {last && !wish.error && (
        <Notice tone="calm">{t("people.added", { name: last.display_name })}</Notice>
      )}
      <PeopleSearch
        without={new Set([...memberIds, ...added.map((user) => user.id)])}
        onPick={(user) => void wish.run(user)}
      />
    </Dialog>
  );
}
