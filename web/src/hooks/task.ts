/** Something asked of the server by a page: its state, its failure, and a way to ask again. */
import { type DependencyList, useCallback, useEffect, useState } from "react";

export interface Task<T> {
  value: T | undefined;
  error: unknown;
  loading: boolean;
  again: () => void;
}

/** Asks when the dependencies change; an answer that comes too late is dropped. */
export function useTask<T>(ask: () => Promise<T>, deps: DependencyList): Task<T> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<Omit<Task<T>, "again">>({
    value: undefined,
    error: undefined,
    loading: true,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what it depends on
  useEffect(() => {
    let current = true;
    setState((old) => ({ ...old, error: undefined, loading: true }));
    ask().then(
      (value) => current && setState({ value, error: undefined, loading: false }),
      (error: unknown) => current && setState((old) => ({ ...old, error, loading: false })),
    );
    return () => {
      current = false;
    };
  }, [...deps, round]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  return { ...state, again };
}

/** A wish of the person: runs once at a time, keeps the failure for the page. */
export function useWish<A extends unknown[]>(act: (...args: A) => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const run = async (...args: A) => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await act(...args);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, error };
}

/** True only once `flag` has been true for `ms`: what is quick needs no sign of waiting. */
export function useLate(flag: boolean, ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!flag) return setLate(false);
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [flag, ms]);
  return flag && late;
}
