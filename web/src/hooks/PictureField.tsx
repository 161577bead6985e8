/** The picture of a person or a room, given and taken away at the server. */
import type { ComponentProps } from "react";
import { useTranslation } from "react-i18next";
import { ApiError } from "@/sync/api";
import type { Avatar } from "@/ui/Avatar";
import { AvatarField } from "@/ui/AvatarField";
import { Notice } from "@/ui/Notice";
import { kindOf } from "./files";
import { useWish } from "./task";
import { useErrorText } from "./words";

/** The server's limit, in bytes. */
const LARGEST = 10 * 1024 * 1024;

interface PictureFieldProps {
  face: ComponentProps<typeof Avatar>;
  /** Null: none any more. */
  onChange: (file: File | null) => Promise<unknown>;
}

export function PictureField({ face, onChange }: PictureFieldProps) {
  const { t } = useTranslation();
  const textOf = useErrorText();
  const change = useWish(async (file: File | null) => {
    if (file && kindOf(file.type) !== "picture") throw refusal("unsupported_type");
    if (file && file.size > LARGEST) throw refusal("too_large");
    await onChange(file);
  });
  const code = change.error instanceof ApiError ? change.error.code : undefined;
  return (
    <div>
      <AvatarField
        face={face}
        label={t("picture.label")}
        choose={t(face.image ? "picture.change" : "picture.choose")}
        remove={t("picture.remove")}
        hint={t("picture.hint")}
        busy={change.busy}
        onChoose={(file) => void change.run(file)}
        onRemove={() => void change.run(null)}
      />
      {change.error !== undefined && (
        <Notice>
          {code === "unsupported_type"
            ? t("picture.unsupported")
            : code === "too_large"
              ? t("picture.tooLarge")
              : textOf(change.error)}
        </Notice>
      )}
    </div>
  );
}

/** What the server would say. */
function refusal(code: string): ApiError {
  return new ApiError({ status: 0, code, detail: "" }, null);
}
