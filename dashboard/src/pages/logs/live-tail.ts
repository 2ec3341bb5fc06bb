import { useCallback, useRef, useState } from 'react';
import type { AccessLogRecord } from '../../api/types';
import { type StreamEvent, type StreamState, useEvents } from '../../api/events';
import { type LogFilter, liveFilter, queryOf } from './log-filter';

/** Newest that are kept. */
const KEPT = 1_000;

export interface LiveTail {
  /** Newest first. */
  readonly records: readonly AccessLogRecord[];
  /** Exchanges that came too fast to be shown. */
  readonly skipped: number;
  readonly state: StreamState;
}

/** Exchanges as they end. While it is paused, what comes is not shown; the newest are there when it goes on. */
export function useLiveTail(isPaused: boolean, filter: LogFilter): LiveTail {
  const query = queryOf(liveFilter(filter));
  const path = `/api/v1/events/access-logs${query && `?${query}`}`;
  const [shown, setShown] = useState<Shown>(nothing(path));
  const current = useRef<Shown>(nothing(path));
  if (current.current.path !== path) current.current = nothing(path);
  const onEvent = useCallback(
    ({ type, data }: StreamEvent) => {
      const before = current.current;
      current.current = applied(before, type, data);
      if (!isPaused) setShown(current.current);
    },
    [isPaused],
  );
  const state = useEvents(path, onEvent);
  const { records, skipped } = shown.path === path ? shown : nothing(path);
  return { records, skipped, state };
}

interface Shown {
  readonly path: string;
  readonly records: readonly AccessLogRecord[];
  readonly skipped: number;
}

function nothing(path: string): Shown {
  return { path, records: [], skipped: 0 };
}

function applied(before: Shown, type: string, data: string): Shown {
  if (type === 'records') {
    const came = JSON.parse(data) as AccessLogRecord[];
    return { ...before, records: [...came.toReversed(), ...before.records].slice(0, KEPT) };
  }
  if (type === 'skipped') {
    const { unread, unsent } = JSON.parse(data) as { unread: number; unsent: number };
    return { ...before, skipped: before.skipped + unread + unsent };
  }
  return before;
}
