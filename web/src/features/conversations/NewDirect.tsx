import { useTranslation } from "react-i18next";
import { useClient, useWorld } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { User } from "@/sync/wire";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { PeopleSearch, PersonButton } from "./PeopleSearch";

interface NewDirectProps {
  open: boolean;
  onClose: () => void;
  onMade: (id: string) => void;
}

/** Choose a person; the one conversation with them opens, new or not. */
export function NewDirect({ open, onClose, onMade }: NewDirectProps) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const me = useWorld((world) => world.me);
  const wish = useWish(async ({ id, kind }: Pick<User, "id" | "kind">) => {
    // With an assistant one talks in as many conversations as one likes.
    const isAssistant = kind === "assistant";
    const conversation = isAssistant
      ? await client.replies.beginWith(id)
      : await client.api.startDirect(id);
    client.adopt(conversation);
    onMade(conversation.id);
  });
  if (!me) return null;
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("people.directTitle")}
      description={t("people.directText")}
      closeLabel={t("app.close")}
    >
      {wish.error !== undefined && <Notice>{textOf(wish.error)}</Notice>}
      <PeopleSearch
        without={new Set([me.id])}
        onPick={(user) => void wish.run(user)}
        lead={
          <li>
            <PersonButton
              user={me}
              title={t("people.noteToSelf")}
              note={t("people.noteToSelfText")}
              onPick={() => void wish.run(me)}
            />
          </li>
        }
      />
    </Dialog>
  );
}
