import type { StoreState, StoreStatus } from '../registry/index.js';

/** The state of a store's connection and those who want to hear about it. */
export class ConnectionState {
  private readonly listeners: ((status: StoreStatus) => void)[] = [];
  private current: StoreStatus = { state: 'closed', since: Date.now(), error: '' };

  get status(): StoreStatus {
    return this.current;
  }

  get isConnected(): boolean {
    return this.current.state === 'connected';
  }

  onChange(listener: (status: StoreStatus) => void): void {
    this.listeners.push(listener);
  }

  /** Listeners hear changes of state only; a new reason for being away is kept without a call. */
  move(state: StoreState, error = ''): void {
    const changed = state !== this.current.state;
    if (!changed && error === this.current.error) return;
    this.current = { state, since: changed ? Date.now() : this.current.since, error };
    if (changed) for (const listener of this.listeners) listener(this.current);
  }
}
