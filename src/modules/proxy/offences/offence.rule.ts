import {
  BAN_REASONS,
  type BanRuleSettings,
  DROP_REASON_CELLS,
  DROP_REASONS,
} from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';

const STATUSES = 600;

/** By code of the reason, whether it is the client's doing. */
const CLIENTS_DOING = new Uint8Array(DROP_REASON_CELLS);
for (const reason of BAN_REASONS) CLIENTS_DOING[DROP_REASONS[reason].code] = 1;

/** A rule that bans, as it is asked after each exchange. Compiled with the snapshot. */
export class OffenceRule {
  private readonly reasons = new Uint8Array(DROP_REASON_CELLS);
  private readonly statuses = new Uint8Array(STATUSES);

  constructor(readonly settings: BanRuleSettings) {
    for (const reason of settings.reasons) this.reasons[DROP_REASONS[reason].code] = 1;
    for (const [from, to] of settings.statuses) this.statuses.fill(1, from, to + 1);
  }

  /** Whether the exchange, which is over, counts. A status counts whoever answered it: a backend, or we for a reason of the client's. */
  counts({ dropReason, status }: Exchange): boolean {
    if (dropReason !== null) {
      const { code } = DROP_REASONS[dropReason];
      if (this.reasons[code] === 1) return true;
      if (CLIENTS_DOING[code] === 0) return false;
    }
    return this.statuses[status] === 1;
  }
}
