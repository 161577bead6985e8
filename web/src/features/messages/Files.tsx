import { File, FileArchive, FileText, ImageOff, Music2, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatOf, sizeText } from "@/hooks/files";
import { SaveLink } from "@/ui/Button";
import styles from "./Files.module.css";
import { boxOf, type ShownFile } from "./shown";

interface FilesProps {
  files: ShownFile[];
  /** Shows one of the pictures large. */
  onOpen?: ((id: string) => void) | undefined;
  /** Takes one that is on its way back. */
  onCancel?: ((id: string) => void) | undefined;
}

/** The files of a message: pictures as a grid, what plays with its controls, others as cards. */
export function Files({ files, onOpen, onCancel }: FilesProps) {
  const pictures = files.filter(({ kind }) => kind === "picture");
  const others = files.filter(({ kind }) => kind !== "picture");
  return (
    <div className={styles.files}>
      {pictures.length > 0 && (
        <div className={styles.pictures} data-count={Math.min(pictures.length, 5)}>
          {pictures.map((file) => (
            <Picture
              key={file.id}
              file={file}
              alone={pictures.length === 1}
              onOpen={onOpen}
              onCancel={onCancel}
            />
          ))}
        </div>
      )}
      {others.map((file) => (
        <Other key={file.id} file={file} onCancel={onCancel} />
      ))}
    </div>
  );
}

interface PictureProps extends Omit<FilesProps, "files"> {
  file: ShownFile;
  alone: boolean;
}

function Picture({ file, alone, onOpen, onCancel }: PictureProps) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState<string | undefined>(undefined);
  const isBroken = file.source !== undefined && broken === file.source;
  const box = boxOf(file.width, file.height);
  const style = alone
    ? { width: `${box.width}px`, aspectRatio: `${box.width} / ${box.height}` }
    : undefined;
  return (
    <div className={styles.picture} style={style} data-waiting={file.sent !== null || undefined}>
      <button
        type="button"
        className={styles.frame}
        aria-label={t("files.open", { name: file.name })}
        disabled={!onOpen || isBroken}
        onClick={() => onOpen?.(file.id)}
      >
        {isBroken || !file.source ? (
          <ImageOff size={22} role="img" aria-label={t("files.broken")} />
        ) : (
          <img
            src={file.source}
            alt=""
            decoding="async"
            draggable={false}
            onError={() => setBroken(file.source)}
          />
        )}
      </button>
      <Progress file={file} onCancel={onCancel} />
    </div>
  );
}

/** How far a file has come, and the way to take it back; nothing once it is there. */
function Progress({ file, onCancel }: { file: ShownFile; onCancel: FilesProps["onCancel"] }) {
  const { t } = useTranslation();
  if (file.sent === null) return null;
  return (
    <>
      <progress
        className={styles.progress}
        aria-label={t("files.uploading", { name: file.name })}
        max={Math.max(1, file.size)}
        value={file.sent}
      />
      {onCancel && (
        <button
          type="button"
          className={styles.cancel}
          aria-label={t("files.cancel", { name: file.name })}
          title={t("files.cancel", { name: file.name })}
          onClick={() => onCancel(file.id)}
        >
          <X size={16} aria-hidden="true" />
        </button>
      )}
    </>
  );
}

function Other({ file, onCancel }: { file: ShownFile; onCancel: FilesProps["onCancel"] }) {
  const { kind, url, name, sent } = file;
  if (kind === "file" || sent !== null || !url) return <FileCard file={file} onCancel={onCancel} />;
  return (
    <figure className={styles.played}>
      {kind === "video" ? (
        // biome-ignore lint/a11y/useMediaCaption: what people send has no captions
        <video
          controls
          preload="metadata"
          playsInline
          aria-label={name}
          src={url}
          width={file.width ?? undefined}
          height={file.height ?? undefined}
        />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: what people send has no captions
        <audio controls preload="metadata" aria-label={name} src={url} />
      )}
      <figcaption>
        <span>{name}</span>
        <Save file={file} />
      </figcaption>
    </figure>
  );
}

function FileCard({ file, onCancel }: { file: ShownFile; onCancel: FilesProps["onCancel"] }) {
  const { i18n } = useTranslation();
  const { name, size, type, sent } = file;
  const format = formatOf(name, type);
  return (
    <div className={styles.card} data-waiting={sent !== null || undefined}>
      <span className={styles.sign}>
        <Sign file={file} />
      </span>
      <span className={styles.about}>
        <span className={styles.name} title={name}>
          <bdi>{name}</bdi>
        </span>
        <span className={styles.size}>
          {format && `${format} · `}
          {sizeText(size, i18n.language)}
        </span>
      </span>
      {sent === null && <Save file={file} />}
      <Progress file={file} onCancel={onCancel} />
    </div>
  );
}

function Sign({ file }: { file: ShownFile }) {
  const shared = { size: 22, "aria-hidden": true } as const;
  if (file.kind === "audio") return <Music2 {...shared} />;
  if (/zip|gzip|x-(tar|7z|rar|bzip)/u.test(file.type)) return <FileArchive {...shared} />;
  if (/pdf|text\/|word|document/u.test(file.type)) return <FileText {...shared} />;
  return <File {...shared} />;
}

function Save({ file }: { file: ShownFile }) {
  const { t } = useTranslation();
  const label = t("files.downloadOf", { name: file.name });
  return <SaveLink className={styles.save ?? ""} label={label} href={file.url} name={file.name} />;
}
