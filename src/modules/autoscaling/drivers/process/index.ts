export type { DriverLog } from './managed.process.js';
export { ProcessDriver, type ProcessDriverParts } from './process.driver.js';
export { type EndedOrphan, endOrphans } from './process.orphans.js';
