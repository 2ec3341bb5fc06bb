import type { DropReason } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';
import type { Policy } from './policy.js';

/** Answers all but a few clients of a service that it is under maintenance. */
export class MaintenancePolicy implements Policy {
  readonly name = 'maintenance';

  admit(exchange: Exchange): DropReason | null {
    const { shaping } = exchange;
    if (shaping === null || shaping.maintenance === null) return null;
    const { maintenance } = shaping;
    if (maintenance.allowed.includes(exchange.client)) return null;
    if (maintenance.isShadow) {
      exchange.shadowReason ??= 'maintenance';
      return null;
    }
    exchange.answer = maintenance.answer;
    return 'maintenance';
  }
}
