import type { EngineContainer } from './engine-container.js';
import type { EngineEvent } from './engine-event.js';

const ALIVE = new Set(['running', 'paused']);

/**
 * Containers that have died, as the engine has told, and that its list still has as running: it keeps them there until their
 * network is taken apart, for a second and more on a busy machine. Whoever follows the engine's events asks here as well.
 */
export class DiedContainers {
  private readonly ids = new Set<string>();

  get size(): number {
    return this.ids.size;
  }

  note({ action, id }: EngineEvent): void {
    if (action === 'die') this.ids.add(id);
    if (action === 'start') this.ids.delete(id);
  }

  /** A list that was asked for after the events: what it says as well needs not be remembered. */
  catchUp(containers: readonly EngineContainer[]): void {
    const alive = new Set(containers.filter(({ state }) => ALIVE.has(state)).map(({ id }) => id));
    for (const id of this.ids) if (!alive.has(id)) this.ids.delete(id);
  }

  /** Events were missed: from here on the list alone counts. */
  forget(): void {
    this.ids.clear();
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }
}
