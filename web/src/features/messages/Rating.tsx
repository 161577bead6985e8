import { Star } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useClient } from "@/hooks/client";
import { useWish } from "@/hooks/task";
import { useErrorText } from "@/hooks/words";
import type { Message } from "@/sync/wire";
import { Button } from "@/ui/Button";
import { AreaField } from "@/ui/Field";
import { Notice } from "@/ui/Notice";
import styles from "./Answer.module.css";

const STARS = [1, 2, 3, 4, 5] as const;

/** After the thumb: how much, and why. Both can be left as they are. */
export function Rating({ message, onDone }: { message: Message; onDone: () => void }) {
  const { t } = useTranslation();
  const client = useClient();
  const textOf = useErrorText();
  const [rating, setRating] = useState(message.feedback?.rating ?? 5);
  const [comment, setComment] = useState(message.feedback?.comment ?? "");
  const send = useWish(async () => {
    await client.replies.rate(message, rating, comment.trim() || null);
    onDone();
  });
  return (
    <form
      className={styles.rating}
      onSubmit={(event) => {
        event.preventDefault();
        void send.run();
      }}
    >
      {send.error !== undefined && <Notice>{textOf(send.error)}</Notice>}
      <fieldset className={styles.stars}>
        <legend>{t("replies.rate.title")}</legend>
        {STARS.map((value) => (
          <label key={value} data-on={value <= rating || undefined}>
            <input
              type="radio"
              name={`rating-${message.id}`}
              className="visually-hidden"
              checked={value === rating}
              onChange={() => setRating(value)}
            />
            <Star size={18} aria-hidden="true" fill={value <= rating ? "currentcolor" : "none"} />
            <span className="visually-hidden">{t("replies.rate.stars", { count: value })}</span>
          </label>
        ))}
      </fieldset>
      <AreaField
        label={t("replies.rate.comment")}
        placeholder={t("replies.rate.placeholder")}
        rows={2}
        maxLength={4000}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
      />
      <div className={styles.buttons}>
        <Button look="primary" type="submit" busy={send.busy}>
          {t("replies.rate.send")}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </div>
    </form>
  );
}
