export { accessLogStorage } from './access-log.storage.js';
export type { OpenAccessLog } from './open-access-log.js';
export { inspectStore } from './inspection/store.inspector.js';
export type { StoreInspection } from './inspection/store.inspection.js';
export type { LogRetention, StoreRetention } from './retention.js';
