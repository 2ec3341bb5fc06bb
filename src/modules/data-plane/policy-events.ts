import type { PolicyEvent } from '../../common/contract/index.js';
import type { PolicyEventSink } from './supervisor-options.js';

/** Hands what policies did or found in workers to those in the main thread who want to know. */
export class PolicyEvents implements PolicyEventSink {
  private readonly listeners: ((event: PolicyEvent, worker: number) => void)[] = [];

  onEvent(listener: (event: PolicyEvent, worker: number) => void): void {
    this.listeners.push(listener);
  }

  accept(event: PolicyEvent, worker: number): void {
    for (const listener of this.listeners) listener(event, worker);
  }
}
