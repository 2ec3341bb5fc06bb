import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  BACKEND_CELLS,
  BackendCell,
  BackendStates,
  SERVICE_CELLS,
  ServiceCell,
  SharedMemory,
} from '../../common/contract/index.js';
import type { Publication } from '../../modules/data-plane/index.js';
import { LoadWatch } from './load.watch.js';

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  });
});
afterEach(() => vi.useRealTimers());

const SERVICE_SLOT = 1;

interface StagedBackend {
  readonly id: string;
  readonly slot: number;
  readonly source?: string | null;
  readonly state?: string;
}

function publication(revision: number, backends: readonly StagedBackend[], isScaled = true): Publication {
  const scaling = isScaled ? { targets: {}, intervalMs: 5_000 } : null;
  const full = backends.map((each) => ({ source: 'scaling', state: 'enabled', ...each }));
  const config = { name: 'shop', scaling, backends: full };
  const services = [{ config, snapshot: { name: 'shop', slot: SERVICE_SLOT, backends: full } }];
  return { revision, services } as unknown as Publication;
}

function watched(first: Publication) {
  const memory = new SharedMemory({ workers: 1, backendCapacity: 8, serviceCapacity: 4 });
  let publish: (publication: Publication) => void = () => undefined;
  const source = {
    current: () => first,
    onPublished: (listener: typeof publish) => void (publish = listener),
  };
  const watch = new LoadWatch(memory, new BackendStates(memory), source);
  const news = vi.fn<() => void>();
  watch.onNews(news);
  return {
    watch,
    news,
    publish: (next: Publication) => publish(next),
    runs: (slot: number, count: number) =>
      void (memory.backends[slot * BACKEND_CELLS + BackendCell.inFlight] = count),
    waits: (count: number) =>
      void (memory.services[SERVICE_SLOT * SERVICE_CELLS + ServiceCell.waiting] = count),
  };
}

it('says nothing as long as no service is scaled and every backend was typed in', () => {
  const typed = [{ id: 'a', slot: 0, source: null }];
  const { watch, publish, runs } = watched(publication(1, typed, false));
  runs(0, 5);
  vi.advanceTimersByTime(5_000);
  expect(watch.load()).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
  publish(publication(2, [...typed, { id: 'b', slot: 1, source: 'dns:x' }], false));
  runs(1, 3);
  expect(watch.load()).toMatchObject({ services: [], backends: [{ id: 'b', inFlight: 3 }] });
});

it('tells what runs at a backend also when it was taken out, until it is empty', () => {
  const { watch, publish, runs } = watched(
    publication(1, [
      { id: 'a', slot: 0 },
      { id: 'b', slot: 1 },
    ]),
  );
  runs(0, 1);
  publish(publication(2, [{ id: 'b', slot: 1 }]));
  publish(publication(3, [{ id: 'b', slot: 1 }]));
  vi.advanceTimersByTime(10_000);
  expect(watch.load()!.backends).toEqual([{ id: 'a', inFlight: 1 }]);
  runs(0, 0);
  expect(watch.load()!.backends).toEqual([]);
  // By now somebody else may be there.
  runs(0, 7);
  expect(watch.load()!.backends).toEqual([]);
});

it('says that a revision has settled only when nobody picks by the one before any more', () => {
  const { watch, publish } = watched(publication(4, []));
  expect(watch.load()!.settled).toBe(0);
  vi.advanceTimersByTime(1_000);
  publish(publication(5, []));
  vi.advanceTimersByTime(100);
  publish(publication(6, []));
  vi.advanceTimersByTime(60);
  expect(watch.load()!.settled).toBe(5);
  vi.advanceTimersByTime(100);
  expect(watch.load()!.settled).toBe(6);
});

it('has news when a backend begins to drain, and when it is empty', () => {
  const { publish, runs, news } = watched(publication(1, [{ id: 'a', slot: 0 }]));
  runs(0, 2);
  vi.advanceTimersByTime(5_000);
  expect(news).not.toHaveBeenCalled();
  publish(publication(2, [{ id: 'a', slot: 0, state: 'draining' }]));
  vi.advanceTimersByTime(1_000);
  expect(news).toHaveBeenCalledTimes(1);
  runs(0, 0);
  vi.advanceTimersByTime(200);
  expect(news).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5_000);
  expect(news).toHaveBeenCalledTimes(2);
});

it('has news when somebody waits for a service without a copy, once', () => {
  const { publish, waits, news } = watched(publication(1, []));
  waits(1);
  vi.advanceTimersByTime(200);
  expect(news).toHaveBeenCalledTimes(1);
  waits(3);
  vi.advanceTimersByTime(5_000);
  expect(news).toHaveBeenCalledTimes(1);
  publish(publication(2, [{ id: 'a', slot: 0 }]));
  waits(0);
  vi.advanceTimersByTime(1_000);
  waits(2);
  vi.advanceTimersByTime(1_000);
  expect(news).toHaveBeenCalledTimes(1);
});
