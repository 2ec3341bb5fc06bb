export { OutageKeeper } from './outage.keeper.js';
export type { BackendOutage } from './outage.status.js';
