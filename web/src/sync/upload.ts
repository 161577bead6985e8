/** One file to the server: by XMLHttpRequest, as nothing else in browsers tells how far it is. */
import { ApiError, problemOf } from "./api";

export interface Watch {
  signal?: AbortSignal;
  /** Bytes that have gone so far. */
  sent?: (bytes: number) => void;
}

/** Milliseconds in which nothing moves until the line counts as cut. */
const STALLED = 60_000;

/** Throws ApiError; code `offline` also where it was aborted or stood still. */
export function sendFile<T>(
  method: "POST" | "PUT",
  path: string,
  file: { blob: Blob; name: string },
  token: string,
  { signal, sent }: Watch,
): Promise<T> {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", file.blob, file.name);
  return new Promise<T>((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALLED);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      moved();
      // The envelope counts too, and is nobody's business.
      sent?.(Math.min(file.blob.size, Math.round((loaded / (total || 1)) * file.blob.size)));
    };
    request.onload = () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) resolve(JSON.parse(responseText) as T);
      else problemOf(responseOf(request)).then(reject, reject);
    };
    const lost = () => reject(offline());
    request.onerror = lost;
    request.onabort = lost;
    request.onloadend = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const abort = () => request.abort();
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) return lost();
    request.open(method, path);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    moved();
    request.send(form);
  });
}

function responseOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const name of ["X-Request-ID", "Retry-After"]) {
    const value = request.getResponseHeader(name);
    if (value) headers.set(name, value);
  }
  const { responseText, status, statusText } = request;
  return new Response(responseText, { status, statusText, headers });
}

function offline(): ApiError {
  const detail = "The server cannot be reached.";
  return new ApiError({ status: 0, code: "offline", detail }, null);
}
