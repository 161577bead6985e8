import { Dialog } from "@base-ui/react/dialog";
import {
  ChevronLeft,
  ChevronRight,
  ImageOff,
  MessageSquare,
  X,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorld } from "@/hooks/client";
import { full } from "@/i18n/times";
import { IconButton, SaveLink } from "@/ui/Button";
import styles from "./Lightbox.module.css";
import type { HungPicture } from "./pictures";
import { useZoom } from "./zooming";

interface LightboxProps {
  pictures: HungPicture[];
  /** The id of the one that is shown. */
  shown: string;
  onShow: (id: string) => void;
  onClose: () => void;
  onJump: (seq: number) => void;
}

/** One picture large, and the way to those before and after it in the conversation. */
export default function Lightbox({ pictures, shown, onShow, onClose, onJump }: LightboxProps) {
  const { t, i18n } = useTranslation();
  const popup = useRef<HTMLDivElement>(null);
  const at = pictures.findIndex(({ id }) => id === shown);
  const picture = pictures[at];
  const go = (by: 1 | -1) => {
    const next = pictures[at + by];
    if (next) onShow(next.id);
  };
  const { zoom, closer, farther, whole, gestures } = useZoom(shown, go);
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isRtl = document.documentElement.dir === "rtl";
    const keys: Record<string, () => void> = {
      ArrowRight: () => go(isRtl ? -1 : 1),
      ArrowLeft: () => go(isRtl ? 1 : -1),
      "+": closer,
      "=": closer,
      "-": farther,
      "0": whole,
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  if (!picture) return null;
  const { name, url, message } = picture;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.veil} />
        <Dialog.Popup
          ref={popup}
          className={styles.popup}
          initialFocus={popup}
          onKeyDown={onKeyDown}
        >
          <header className={styles.head}>
            <div className={styles.about}>
              <Dialog.Title className={styles.title}>{name}</Dialog.Title>
              <Dialog.Description className={styles.by}>
                <Writer id={message.sender.id} name={message.sender.display_name} />
                {" · "}
                {full(message.created_at, i18n.language)}
              </Dialog.Description>
            </div>
            <IconButton label={t("files.zoomOut")} disabled={zoom.scale === 1} onClick={farther}>
              <ZoomOut size={20} aria-hidden="true" />
            </IconButton>
            <IconButton label={t("files.zoomIn")} onClick={closer}>
              <ZoomIn size={20} aria-hidden="true" />
            </IconButton>
            <SaveLink label={t("files.download")} href={url} name={name} size={20} />
            <IconButton label={t("files.toMessage")} onClick={() => onJump(message.seq)}>
              <MessageSquare size={20} aria-hidden="true" />
            </IconButton>
            <Dialog.Close render={<IconButton label={t("app.close")} />}>
              <X size={22} aria-hidden="true" />
            </Dialog.Close>
          </header>
          <div className={styles.stage} data-zoomed={zoom.scale > 1 || undefined} {...gestures}>
            <Large
              key={picture.id}
              picture={picture}
              transform={`translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`}
            />
          </div>
          {at > 0 && (
            <IconButton
              className={`${styles.way} ${styles.back}`}
              label={t("files.previous")}
              onClick={() => go(-1)}
            >
              <ChevronLeft size={28} aria-hidden="true" />
            </IconButton>
          )}
          {at < pictures.length - 1 && (
            <IconButton
              className={`${styles.way} ${styles.on}`}
              label={t("files.next")}
              onClick={() => go(1)}
            >
              <ChevronRight size={28} aria-hidden="true" />
            </IconButton>
          )}
          <p className={styles.place} role="status">
            {pictures.length > 1 && t("files.place", { at: at + 1, count: pictures.length })}
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Writer({ id, name }: { id: string; name: string }) {
  return useWorld((world) => world.users[id]?.display_name) ?? name;
}

/** The small form stands in its place until the large one is there. */
function Large({ picture, transform }: { picture: HungPicture; transform: string }) {
  const { t } = useTranslation();
  const [state, setState] = useState<"loading" | "there" | "broken">("loading");
  const { url, source, name, width, height } = picture;
  if (state === "broken") {
    return (
      <p className={styles.broken}>
        <ImageOff size={32} aria-hidden="true" />
        {t("files.broken")}
      </p>
    );
  }
  const small = source && state === "loading" ? `url("${source}")` : undefined;
  return (
    <img
      className={styles.picture}
      src={url}
      alt={name}
      width={width ?? undefined}
      height={height ?? undefined}
      draggable={false}
      style={{ transform, backgroundImage: small }}
      onLoad={() => setState("there")}
      onError={() => setState("broken")}
    />
  );
}
