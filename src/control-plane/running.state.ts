import type { BoundAddress } from '../common/contract/index.js';
import type { ConfigFileStatus } from '../modules/admin/index.js';
import { type DiscoveryStatus, NO_DISCOVERY } from '../modules/discovery/index.js';
import type { ScalingFigures } from '../modules/metrics/index.js';

/** Facts that only the start knows, for those who show them. */
export class RunningState {
  readonly startedAt = Date.now();
  /** As bound; empty until the listeners are open. */
  listeners: readonly BoundAddress[] = [];
  /** URL of the admin API; empty until it is open. */
  admin = '';
  /** Traffic is being drained: no new one should be sent here. */
  isStopping = false;
  /** Of services with scaling; set once the balancer serves. */
  scaling: () => readonly ScalingFigures[] = () => [];
  /** Set once the file is applied. */
  configFile: () => ConfigFileStatus | null = () => null;

  /** Set once discovery is made. */
  discovery: () => DiscoveryStatus = () => NO_DISCOVERY;

  constructor(readonly version: string) {}
}
