import { useSyncExternalStore } from 'react';

let now = Date.now();
let timer = 0;
const listeners = new Set<() => void>();

/** Unix milliseconds, newer each second: for how long something has been so. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === 0) {
    // Nobody looked for a while: it may be old.
    now = Date.now();
    timer = window.setInterval(tick, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = 0;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}
