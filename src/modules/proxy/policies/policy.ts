import type { DropReason, Snapshot } from '../../../common/contract/index.js';
import type { Exchange } from '../exchange.js';

/**
 * A rule that may refuse an exchange after its route is known. Synchronous, no allocation on the passing path,
 * no state of its own but what lives in the shared memory or is compiled from the snapshot; knows no lane.
 */
export interface Policy {
  readonly name: string;
  /** Compiles what it needs of a snapshot, before that snapshot serves. */
  use?(snapshot: Snapshot): void;
  /** The reason to drop the exchange, or null to let it pass. */
  admit(exchange: Exchange): DropReason | null;
}
