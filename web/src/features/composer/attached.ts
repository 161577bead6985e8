/** Files that one is about to send, per user and conversation, as long as the page is open. */
import { useSyncExternalStore } from "react";
import { kindOf } from "@/hooks/files";
import { randomId } from "@/sync/browser";

/** The contract's limit for the files of one message. */
export const MOST = 10;

export interface Attached {
  id: string;
  file: File;
  /** Of a picture: where it can be seen, and its size in pixels once it is known. */
  url: string | null;
  width: number | null;
  height: number | null;
}

/** Why a file was left out; `name` where it is about this one. */
export interface Refusal {
  why: "tooMany" | "tooLarge" | "empty";
  name: string;
}

export interface Tray {
  files: Attached[];
  refusals: Refusal[];
}

const EMPTY: Tray = { files: [], refusals: [] };
const trays = new Map<string, Tray>();
const listeners = new Set<() => void>();

export function trayKey(userId: string, conversationId: string): string {
  return `${userId}.${conversationId}`;
}

export function trayOf(key: string): Tray {
  return trays.get(key) ?? EMPTY;
}

export function useTray(key: string): Tray {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => trayOf(key),
  );
}

/**
 * Puts files to those that will be sent; what cannot be sent is named, and left out. `largest`:
 * the bytes that the server takes.
 */
export function attach(key: string, files: File[], largest: number): void {
  const { files: before } = trayOf(key);
  const sorted = files.map((file) => ({ file, why: refusalOf(file, largest) }));
  const sound = sorted.filter(({ why }) => why === null).map(({ file }) => file);
  const taken = sound.slice(0, MOST - before.length).map(toAttached);
  const refusals = sorted.flatMap(({ file, why }): Refusal[] =>
    why ? [{ why, name: file.name }] : [],
  );
  if (taken.length < sound.length) refusals.push({ why: "tooMany", name: "" });
  put(key, { files: [...before, ...taken], refusals });
  for (const one of taken) if (one.url) measure(key, one.id, one.url);
}

export function detach(key: string, id: string): void {
  const { files } = trayOf(key);
  forget(files.filter((one) => one.id === id));
  put(key, { files: files.filter((one) => one.id !== id), refusals: [] });
}

/** All of them, to be sent: the tray is empty then. */
export function takeAll(key: string): Attached[] {
  const { files } = trayOf(key);
  put(key, EMPTY);
  forget(files);
  return files;
}

/** Whoever signs out leaves nothing of theirs behind. */
export function dropTrays(): void {
  for (const { files } of trays.values()) forget(files);
  trays.clear();
  tell();
}

/**
 * The files of what is pasted. A piece of a table or a page comes with a picture of itself: there
 * the text is meant.
 */
export function pastedFiles({ files, types }: DataTransfer): File[] {
  return types.includes("text/plain") ? [] : [...files];
}

function refusalOf(file: File, largest: number): Refusal["why"] | null {
  if (file.size > largest) return "tooLarge";
  return file.size === 0 ? "empty" : null;
}

function toAttached(file: File): Attached {
  const url = kindOf(file.type) === "picture" ? URL.createObjectURL(file) : null;
  return { id: randomId(), file, url, width: null, height: null };
}

/** The place of a picture is kept free for it before it is there. */
function measure(key: string, id: string, url: string): void {
  const image = new Image();
  image.onload = () => {
    const { naturalWidth: width, naturalHeight: height } = image;
    const { files, refusals } = trayOf(key);
    put(key, {
      files: files.map((one) => (one.id === id ? { ...one, width, height } : one)),
      refusals,
    });
  };
  image.src = url;
}

function forget(files: Attached[]): void {
  // What is on the screen in this moment still needs them.
  for (const { url } of files) if (url) setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function put(key: string, tray: Tray): void {
  trays.set(key, tray);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}
