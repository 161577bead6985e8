import { ImageUp, Trash2 } from "lucide-react";
import { type ComponentProps, useRef } from "react";
import { Avatar } from "./Avatar";
import styles from "./AvatarField.module.css";
import { Button } from "./Button";

interface AvatarFieldProps {
  face: ComponentProps<typeof Avatar>;
  label: string;
  choose: string;
  remove: string;
  hint: string;
  busy: boolean;
  onChoose: (file: File) => void;
  onRemove: () => void;
}

/** A picture of somebody or something: chosen, changed, removed. */
export function AvatarField(props: AvatarFieldProps) {
  const { face, label, choose, remove, hint, busy, onChoose, onRemove } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is sent together
    <div className={styles.field} role="group" aria-label={label}>
      <Avatar {...face} size="l" />
      <div className={styles.about}>
        <div className={styles.buttons}>
          <Button busy={busy} onClick={() => input.current?.click()}>
            <ImageUp size={18} aria-hidden="true" /> {choose}
          </Button>
          {face.image && (
            <Button look="quiet" disabled={busy} onClick={onRemove}>
              <Trash2 size={18} aria-hidden="true" /> {remove}
            </Button>
          )}
        </div>
        <p className={styles.hint}>{hint}</p>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/png,image/jpeg,image/gif,image/webp,image/avif"
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file) onChoose(file);
          // The same picture can be chosen again.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
