import type { VelocityConfig } from '../../common/config/index.js';
import { withoutUnknownDrivers } from './drivers.check.js';
import type { Propose } from './proposals.js';
import { withoutUnsharable } from './shared-limits.check.js';

/**
 * Proposes the same, unless it brings what needs something of the process that this one was started without, such as a
 * Redis or a driver: then it throws CONFIG_INVALID. `config`: of this process; absent: it has nothing of that.
 */
export function runnableHere(propose: Propose, config: VelocityConfig | undefined): Propose {
  const sharable = config?.redis ? propose : withoutUnsharable(propose);
  return withoutUnknownDrivers(sharable, config?.drivers ?? null);
}
