import type { BackendSnapshot, RetrySettings, ServiceSnapshot } from '../../common/contract/index.js';
import type { PublishedService } from '../data-plane/index.js';

/** What the configuration that runs says of the holder of a slot. */
export class ServicesBySlot {
  private services = new Map<number, ServiceSnapshot>();

  follow(services: readonly PublishedService[]): void {
    this.services = new Map(services.map(({ snapshot }) => [snapshot.slot, snapshot]));
  }

  backends(slot: number): readonly BackendSnapshot[] {
    return this.services.get(slot)?.backends ?? [];
  }

  /** null: nobody holds the slot. */
  retries(slot: number): RetrySettings | null {
    return this.services.get(slot)?.retries ?? null;
  }

  hasMirror(slot: number): boolean {
    const service = this.services.get(slot);
    return service !== undefined && service.policies.shaping.mirror !== null;
  }
}
