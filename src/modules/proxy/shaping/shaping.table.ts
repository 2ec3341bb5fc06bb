import type { Snapshot } from '../../../common/contract/index.js';
import { isShaping, ServiceShaping } from './service.shaping.js';

/** The services that shape their traffic, by name. The others cost one look at the table's size. */
export class ShapingTable {
  private services: ReadonlyMap<string, ServiceShaping> = new Map();

  use({ services }: Snapshot): void {
    const shaping = services.filter(({ policies }) => isShaping(policies.shaping));
    this.services = new Map(
      shaping.map(({ name, policies }) => [name, new ServiceShaping(policies.shaping)]),
    );
  }

  /** null: the service shapes nothing. */
  of(name: string): ServiceShaping | null {
    return this.services.size === 0 ? null : (this.services.get(name) ?? null);
  }
}
