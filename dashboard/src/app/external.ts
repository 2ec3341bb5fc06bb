import { useSyncExternalStore } from 'react';

/** A value outside of React that components follow; only those whose part of it changed render again. */
export class External<Value> {
  private readonly listeners = new Set<() => void>();

  constructor(private current: Value) {}

  readonly get = (): Value => this.current;

  set(value: Value): void {
    if (Object.is(value, this.current)) return;
    this.current = value;
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
}

export function useExternal<Value>(store: External<Value>): Value {
  return useSyncExternalStore(store.subscribe, store.get);
}
