import { File, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import { formatOf, sizeText } from "@/hooks/files";
import { Notice } from "@/ui/Notice";
import { type Attached, detach, MOST, type Refusal, type Tray } from "./attached";
import styles from "./TrayView.module.css";

interface TrayViewProps {
  trayId: string;
  tray: Tray;
  /** The focus goes back to where one writes. */
  onRemoved: () => void;
}

/** Above where one writes: the files that go with the message, each with a way out. */
export function TrayView({ trayId, tray, onRemoved }: TrayViewProps) {
  const { t } = useTranslation();
  return (
    <>
      {tray.refusals.length > 0 && (
        <Notice>
          <Refusals refusals={tray.refusals} />
        </Notice>
      )}
      {tray.files.length > 0 && (
        <ul className={styles.tray} aria-label={t("files.attached")}>
          {tray.files.map((one) => (
            <li key={one.id} className={styles.item} data-picture={one.url !== null || undefined}>
              <Face one={one} />
              <button
                type="button"
                className={styles.remove}
                aria-label={t("files.remove", { name: one.file.name })}
                title={t("files.remove", { name: one.file.name })}
                onClick={() => {
                  detach(trayId, one.id);
                  onRemoved();
                }}
              >
                <X size={14} aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Face({ one }: { one: Attached }) {
  const { i18n } = useTranslation();
  const { file, url } = one;
  if (url) return <img className={styles.picture} src={url} alt={file.name} title={file.name} />;
  const format = formatOf(file.name, file.type);
  return (
    <span className={styles.file}>
      <File size={20} aria-hidden="true" />
      <span className={styles.about}>
        <bdi className={styles.name} title={file.name}>
          {file.name}
        </bdi>
        <span className={styles.size}>
          {format && `${format} · `}
          {sizeText(file.size, i18n.language)}
        </span>
      </span>
    </span>
  );
}

function Refusals({ refusals }: { refusals: Refusal[] }) {
  const { t, i18n } = useTranslation();
  const largest = useWorld(({ limits }) => limits.upload_bytes);
  const size = sizeText(largest, i18n.language);
  return (
    <ul>
      {refusals.map(({ why, name }) => (
        <li key={why + name}>
          {why === "tooMany"
            ? t("files.tooMany", { count: MOST })
            : t(`files.${why}`, { name, size })}
        </li>
      ))}
    </ul>
  );
}
