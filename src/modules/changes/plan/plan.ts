import type { HealthState } from '../../../common/contract/index.js';
import type { ReplayReport } from '../replay/replay.report.js';

/** A backend that comes. */
export interface AddedBackend {
  readonly service: string;
  readonly id: string;
  readonly url: string;
  /** The probes' verdict; null: not known here, it takes traffic after its first probe. */
  readonly health: HealthState | null;
  /** Unix milliseconds of the last time that it was found healthy, as far as the health log goes; 0: never. null: not looked up. */
  readonly lastHealthyAt: number | null;
}

/** A backend that goes. */
export interface RemovedBackend {
  readonly service: string;
  readonly id: string;
  readonly url: string;
}

/** What a change would do, without having done it. */
export interface Plan {
  /** Number of the revision that it would change. */
  readonly base: number;
  /** One line per change; empty: nothing would change. */
  readonly changes: readonly string[];
  /** Unified diff of the YAML, service by service. */
  readonly patch: string;
  /** Names. */
  readonly services: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  readonly backends: {
    readonly added: readonly AddedBackend[];
    readonly removed: readonly RemovedBackend[];
  };
  /** What should be looked at. */
  readonly notices: readonly string[];
  /** null: nothing was replayed. */
  readonly replay: ReplayReport | null;
}
