export { OutageKeeper, type OutageKeeperParts, type OutageLog } from './outage.keeper.js';
export type { BackendOutage } from './outage.status.js';
