/** What is loaded only when a text needs it: once, and at hand without waiting from then on. */
import { useEffect, useState } from "react";

export interface Heavy<T> {
  now: T | undefined;
  load: () => Promise<T>;
}

export function heavy<T>(load: () => Promise<T>): Heavy<T> {
  let asked: Promise<T> | undefined;
  const part: Heavy<T> = {
    now: undefined,
    load: () => {
      asked ??= load().then(
        (value) => {
          part.now = value;
          return value;
        },
        (error: unknown) => {
          // The next who needs it asks again.
          asked = undefined;
          throw error;
        },
      );
      return asked;
    },
  };
  return part;
}

/** The part as soon as it is there; undefined before, and where it cannot be had. */
export function useHeavy<T>(part: Heavy<T>, wanted: boolean): T | undefined {
  const [, loaded] = useState(part.now !== undefined);
  useEffect(() => {
    if (!wanted || part.now !== undefined) return;
    let current = true;
    part.load().then(
      () => current && loaded(true),
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [part, wanted]);
  return part.now;
}
