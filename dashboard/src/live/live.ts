import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { readEvents, type StreamEvent, type StreamState } from '../api/events';
import { invalidate } from '../api/query';
import { External, useExternal } from '../app/external';
import { History } from './history';
import { merged } from './merge-patch';
import type { ChangeEvent, LiveService, Overview, Traffic } from './overview.types';

/** Minutes that the charts look back. */
export const WINDOW_SECONDS = 600;
const KEPT_CHANGES = 60;
/** A page that closes and one that opens right after it use the same stream. */
const LINGER_MS = 2_000;

/**
 * What scaling and discovery answer is new as soon as something is told; its record is in the store a moment later.
 * More that is told meanwhile is seen by the same looks.
 */
const RENEWALS_MS = [200, 1_500];

const PATH = '/api/v1/events/overview';

/** Columns of a `History` of traffic. */
export const TRAFFIC = {
  ok: 0,
  redirects: 1,
  clientErrors: 2,
  serverErrors: 3,
  dropped: 4,
  p50: 5,
  p90: 6,
  p99: 7,
} as const;

/** What the balancer does now; null: not heard of yet. */
export const overview = new External<Overview | null>(null);
/** What happened lately, newest first. */
export const changes = new External<readonly ChangeEvent[]>([]);
export const connection = new External<StreamState>({ phase: 'connecting', problem: '', retryAt: 0 });
/** Of all traffic since the stream was opened. */
export const totals = new History(8, WINDOW_SECONDS);

let users = 0;
let abort: AbortController | null = null;
const renewals = new Set<number>();

/** Keeps the stream open while the component is there: one for all of them. */
export function useLive(): void {
  useEffect(() => {
    users += 1;
    if (abort === null) begin();
    return () => {
      users -= 1;
      window.setTimeout(end, LINGER_MS);
    };
  }, []);
}

export function useOverview(): Overview | null {
  return useExternal(overview);
}

/** One service as it is now; undefined: there is none, or nothing is known yet. Renders only when that one changed. */
export function useLiveService(name: string): LiveService | undefined {
  return useSyncExternalStore(
    overview.subscribe,
    useCallback(() => overview.get()?.services[name], [name]),
  );
}

/** The values of a `History` of traffic at one moment. */
export function trafficValues({ statuses, dropped, latency }: Traffic): number[] {
  const time = (us: number) => (latency.count === 0 ? Number.NaN : us / 1000);
  return [
    statuses['2xx'] ?? 0,
    statuses['3xx'] ?? 0,
    statuses['4xx'] ?? 0,
    statuses['5xx'] ?? 0,
    dropped,
    time(latency.p50Us),
    time(latency.p90Us),
    time(latency.p99Us),
  ];
}

function begin(): void {
  abort = new AbortController();
  void readEvents(PATH, abort.signal, hear, (state) => connection.set(state));
}

function end(): void {
  if (users > 0) return;
  abort?.abort();
  abort = null;
  overview.set(null);
}

function hear({ type, data }: StreamEvent): void {
  if (type === 'change') return changed(JSON.parse(data) as ChangeEvent);
  const before = overview.get();
  if (type === 'overview') show(JSON.parse(data) as Overview);
  else if (type === 'patch' && before) show(merged(before, JSON.parse(data) as Record<string, unknown>));
}

function show(now: Overview): void {
  if (now.periodMs > 0) totals.push(now.time, trafficValues(now.total));
  overview.set(now);
}

function changed(change: ChangeEvent): void {
  changes.set([change, ...changes.get()].slice(0, KEPT_CHANGES));
  if (change.kind === 'revision') invalidate('/api/v1/services');
  if (change.kind === 'scaling') for (const ms of RENEWALS_MS) renewIn(ms);
}

/** Of scaling that is what is now as well as the log of it. */
function renewIn(ms: number): void {
  if (renewals.has(ms)) return;
  renewals.add(ms);
  window.setTimeout(() => {
    renewals.delete(ms);
    invalidate('/api/v1/scaling');
    invalidate('/api/v1/discovery');
  }, ms);
}
