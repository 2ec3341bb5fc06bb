import { useCallback, useEffect, useRef, useState } from 'react';
import { type ApiError, apiErrorOf, call, callAll } from './api';

/** What is known of an answer. `data` stays while it is asked for again and when that fails. */
export interface Query<Data> {
  readonly data: Data | undefined;
  readonly tag: string;
  /** Why the newest call failed; null: it did not. */
  readonly error: ApiError | null;
  /** Nothing is known yet. */
  readonly isLoading: boolean;
  /** Asks again now. */
  readonly reload: () => void;
}

export interface QueryOptions {
  /** Asks again after so long, while the page is visible. Default: never. */
  readonly everyMs?: number;
  /** Follows `next` to the end; `data` is then the list of all items. */
  readonly all?: boolean;
}

const changed = new Set<(path: string) => void>();

/** Lets every page that shows something below a path ask for it again: call it after a change. */
export function invalidate(prefix: string): void {
  for (const told of changed) told(prefix);
}

/** Asks the API with GET and keeps the answer for this component. `path` null: not yet. */
export function useQuery<Data>(path: string | null, options: QueryOptions = {}): Query<Data> {
  const { everyMs = 0, all = false } = options;
  const [known, setKnown] = useState<Known<Data>>(() => nothing(path));
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const isAsking = useRef(false);
  useInvalidation(path, reload);
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    isAsking.current = true;
    const settle = (next: (before: Known<Data>) => Known<Data>) => {
      if (abort.signal.aborted) return;
      isAsking.current = false;
      setKnown(next);
    };
    ask<Data>(path, all, abort.signal).then(
      (answer) => settle(() => ({ path, ...answer, error: null })),
      (error: unknown) => {
        const why = apiErrorOf(error);
        settle((before) => ({ ...(before.path === path ? before : nothing<Data>(path)), error: why }));
      },
    );
    return () => abort.abort();
  }, [path, all, round]);
  // A slow answer is waited for: asking again would only put it off.
  useInterval(() => !isAsking.current && reload(), path === null ? 0 : everyMs);
  // Of another path: not what was asked for.
  const current = known.path === path ? known : nothing<Data>(path);
  return { ...current, isLoading: current.data === undefined && current.error === null, reload };
}

interface Known<Data> {
  readonly path: string | null;
  readonly data: Data | undefined;
  readonly tag: string;
  readonly error: ApiError | null;
}

function nothing<Data>(path: string | null): Known<Data> {
  return { path, data: undefined, tag: '', error: null };
}

async function ask<Data>(path: string, all: boolean, signal: AbortSignal) {
  if (all) return { data: (await callAll(path, signal)) as Data, tag: '' };
  const { body, tag } = await call<Data>('GET', path, { signal });
  return { data: body, tag };
}

function useInvalidation(path: string | null, reload: () => void): void {
  useEffect(() => {
    const told = (prefix: string) => {
      if (path?.startsWith(prefix)) reload();
    };
    changed.add(told);
    return () => void changed.delete(told);
  }, [path, reload]);
}

/** Calls back again and again while the page is visible, and at once when it comes back. 0: never. */
export function useInterval(callback: () => void, everyMs: number): void {
  const latest = useRef(callback);
  useEffect(() => {
    latest.current = callback;
  });
  useEffect(() => {
    if (everyMs === 0) return;
    const tick = () => {
      if (!document.hidden) latest.current();
    };
    const timer = window.setInterval(tick, everyMs);
    document.addEventListener('visibilitychange', tick);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [everyMs]);
}
